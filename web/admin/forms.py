"""Forms that change single keys of an author's file, and which field a refusal belongs to."""

from collections.abc import Callable, Mapping

from course.errors import Problem, Refused, SourceError
from course.folder.splicing import Value, set_body, set_keys

BODY = "body"


def changed(shown: Mapping[str, Value], entered: Mapping[str, Value]) -> dict[str, Value]:
    """The fields whose value is another now. A default that nobody touched is not written into the file."""
    return {name: value for name, value in entered.items() if value != shown.get(name)}


def with_changes(text: str, changes: Mapping[str, Value], file: str, read: Callable[[str], object]) -> str:
    """`text` with these keys changed ("" removes one; `body` is the text below them).

    `read` parses the file. Raises Refused with a reason for each field that cannot be so.
    """
    try:
        result = _apply(text, changes, file)
        read(result)
    except SourceError as error:
        raise Refused(_reasons(text, changes, file, read) or _about_all(error, changes)) from error
    return result


def _apply(text: str, changes: Mapping[str, Value], file: str) -> str:
    keys = {name: value or None for name, value in changes.items() if name != BODY}
    text = set_keys(text, keys, file)
    return set_body(text, str(changes[BODY] or ""), file) if BODY in changes else text


def _reasons(text: str, changes: Mapping[str, Value], file: str, read: Callable[[str], object]) -> dict[str, str]:
    """Each change by itself, or with those before it under the same key: what cannot stand so is to blame."""
    reasons: dict[str, str] = {}
    sound: dict[str, Value] = {}
    for name, value in changes.items():
        parent = name.rpartition(".")[0]
        beside = {each: sound[each] for each in sound if parent and each.startswith(f"{parent}.")}
        try:
            read(_apply(text, beside | {name: value}, file))
        except SourceError as error:
            reasons[name] = sentence(error.problems[0])
        else:
            sound[name] = value
    return reasons


def _about_all(error: SourceError, changes: Mapping[str, Value]) -> dict[str, str]:
    return {next(iter(changes), BODY): sentence(error.problems[0])}


def sentence(problem: Problem) -> str:
    """A problem without its place, for beside a field."""
    return f"{problem.message} {problem.hint[:1].upper()}{problem.hint[1:]}." if problem.hint else problem.message
