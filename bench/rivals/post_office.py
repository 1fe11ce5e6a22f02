"""django-post-office: mails are rendered from its template with the reader's name, queued in its table, and
sent by its own command in two processes.

python -m bench.rivals.post_office MAILS FOLDER
"""

import os
import sys
import time

import django
from django.conf import settings
from django.core.management import call_command

PAGE = "<p>Dear {{ name }},</p><p>" + "Some words that say nothing much at all. " * 880 + "</p>"
LEAVE = '<p><a href="https://courses.example.org/unsubscribe/{{ token }}">Unsubscribe</a></p>'


def main(mails: int, folder: str) -> None:
    """Prints mails per second, queueing included."""
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/post_office.db"}},
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        EMAIL_BACKEND="post_office.EmailBackend",
        POST_OFFICE={
            "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
            "BATCH_SIZE": 1000, "LOG_LEVEL": 0, "MAX_RETRIES": 0,
        },
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=int(os.environ["RIVAL_PORT"]),  # noqa: TID251 - no installation of ours
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
    )  # fmt: skip
    django.setup()
    call_command("migrate", verbosity=0)
    from post_office import mail  # noqa: PLC0415 - Django's modules cannot be read before it is set up
    from post_office.models import EmailTemplate  # noqa: PLC0415

    lesson = EmailTemplate.objects.create(
        name="lesson", subject="Hello", content="Dear {{ name }}, hello.", html_content=PAGE + LEAVE
    )
    began = time.perf_counter()
    letters = [
        {"sender": "school@example.org", "recipients": [f"r{number}@example.net"], "template": lesson,
         "context": {"name": f"Reader {number}", "token": f"{number:032}"}}
        for number in range(mails)
    ]  # fmt: skip
    mail.send_many(letters)
    call_command("send_queued_mail", processes=2, log_level=0)
    print(mails / (time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
