"""The tables, by rooms: what is taught (catalog), who is there (people), how far they are (progress), and what comes
back (reports) or is in trouble (alarms)."""

from course.models.alarms import Alarm
from course.models.catalog import (
    Compilation,
    Course,
    Edition,
    EditionLesson,
    EditionLetter,
    EditionMedia,
    EditionState,
    Lesson,
    Media,
    Publication,
    Revision,
)
from course.models.people import Admin, AdminSession, House, Reader, SignInLink, Suppression
from course.models.progress import Chore, Delivery, DeliveryState, Enrollment, EnrollmentState, Kind, Pause, Sign
from course.models.reports import Report

__all__ = [
    "Admin",
    "AdminSession",
    "Alarm",
    "Chore",
    "Compilation",
    "Course",
    "Delivery",
    "DeliveryState",
    "Edition",
    "EditionLesson",
    "EditionLetter",
    "EditionMedia",
    "EditionState",
    "Enrollment",
    "EnrollmentState",
    "House",
    "Kind",
    "Lesson",
    "Media",
    "Pause",
    "Publication",
    "Reader",
    "Report",
    "Revision",
    "Sign",
    "SignInLink",
    "Suppression",
]
