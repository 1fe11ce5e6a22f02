"""What comes back: bytes of a mail in, one verdict out. A plain library that knows nothing of readers and courses.

judge.judge(raw)           the verdict, in this process: for mails that tests made
guard.Judge().judge(raw)   the verdict, from a guarded child: for whatever anybody sent to an open address
"""
