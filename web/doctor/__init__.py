"""A check-up of the whole installation: what it needs to send, and what receivers will think of it.

`examine(patient)` asks everything at once and answers within the patient's time; the command `meantime doctor` and the
desk's page show the same findings. `house` looks at our own parts, `mail` at the relay and the DNS.
"""

from web.doctor.examination import CHECKS, Report, examine
from web.doctor.patient import Patient, Wishes, open_patient

__all__ = ["CHECKS", "Patient", "Report", "Wishes", "examine", "open_patient"]
