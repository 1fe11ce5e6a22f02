"""A course as a folder of files: reading it, editing single keys, writing the same bytes back.

source                        the frozen values: CourseSource, LessonSource
parsing, fields, frontmatter  what a text means, and where in it a problem is
spelling, scalars             how hours, dates, names and yes and no may be written
splicing                      changing single keys, every other byte kept
reading, pictures, coherence  a folder as a whole: files, images, what must agree between files
writing, differences          the folder again; what leads from one state to another
"""

from course.folder.differences import Differences, differences
from course.folder.parsing import parse_course, parse_lesson
from course.folder.reading import inspect_folder, read_folder
from course.folder.source import Asks, CourseSource, LessonSource, Media, Sender
from course.folder.splicing import set_body, set_keys
from course.folder.writing import write_folder

__all__ = [
    "Asks",
    "CourseSource",
    "Differences",
    "LessonSource",
    "Media",
    "Sender",
    "differences",
    "inspect_folder",
    "parse_course",
    "parse_lesson",
    "read_folder",
    "set_body",
    "set_keys",
    "write_folder",
]
