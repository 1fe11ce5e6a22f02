"""A plain Celery task per mail: it renders a page with its reader's name and sends it with Flask-Mail, as tutorials do.

python -m bench.rivals.flask_mail_tasks MAILS      puts them into the queue and waits until all are sent
"""

import os
import sys
import time

import redis
from celery import Celery
from flask import Flask, render_template
from flask_mail import Mail, Message
from jinja2 import DictLoader

BROKER = os.environ.get("RIVAL_BROKER", "")  # noqa: TID251 - no installation of ours
PORT = int(os.environ.get("RIVAL_PORT", "25"))  # noqa: TID251
PAGE = "<p>Dear {{ name }},</p><p>" + "Some words that say nothing much at all. " * 880 + "</p>"
LEAVE = '<p><a href="https://courses.example.org/unsubscribe/{{ token }}">Unsubscribe</a></p>'

flask = Flask("rival")
flask.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=PORT)
flask.jinja_loader = DictLoader({"lesson.html": PAGE + LEAVE, "lesson.txt": "Dear {{ name }}, hello."})
mail = Mail(flask)
app = Celery("rival", broker=BROKER)
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=4)


@app.task(name="rival.send")
def send(number: int) -> None:
    """One mail."""
    with flask.app_context():
        values = {"name": f"Reader {number}", "token": f"{number:032}"}
        message = Message("Hello", sender="school@example.org", recipients=[f"r{number}@example.net"])
        message.body = render_template("lesson.txt", **values)
        message.html = render_template("lesson.html", **values)
        mail.send(message)
    counter.incr("sent")


counter = redis.Redis.from_url(os.environ["RIVAL_COUNTER"])  # noqa: TID251


def main(mails: int) -> None:
    """Prints mails per second."""
    counter.set("sent", 0)
    began = time.perf_counter()
    for number in range(mails):
        send.delay(number)
    while int(counter.get("sent")) < mails:
        time.sleep(0.02)
    print(mails / (time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
