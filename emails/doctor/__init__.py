"""Judging a mail domain as receivers will: from what the DNS and the relay answer to findings that say what to do.

Knows nothing of courses. `asking` puts questions to the DNS and alone knows dnspython; every other file is a function
from its answers to findings, so the same answers always give the same findings.

findings      verdicts, and one line for a person
asking        a question, its answer, and that there was none
tag_list      "v=DKIM1; k=rsa", which DKIM and DMARC share
spf_terms     one SPF record, taken apart · spf_walk  it and all that it includes, counted · spf_match  whom it lets
              send · spf  what that means
keys          our own DKIM key and the record it needs · dkim  whether the DNS has it
policies      DMARC records and the walk up the tree · dmarc  what they ask for · alignment  whether our mail passes
hosts         MX, PTR and the names a server goes by · relay  a session with it and its certificate · ntp  the time
"""
