"""The browser that the web's tests stand on."""

from collections.abc import Callable

from playwright.sync_api import Error, Page

GOOD = """<!doctype html><html lang="en"><title>A page</title>
<main><h1>Good</h1><p style="font-family: Charter, serif">Time for a letter.</p></main></html>"""


def test_a_page_without_faults_has_no_violations(page: Page, axe_violations: Callable[..., list[str]]):
    page.set_content(GOOD)
    assert axe_violations(page) == []


def test_a_violation_says_which_rule_and_where(page: Page, axe_violations: Callable[..., list[str]]):
    page.set_content(GOOD.replace("<p", "<img src='data:,' id='clock'><p"))
    (sentence,) = axe_violations(page)
    assert sentence.startswith("image-alt (critical) at #clock: ")
    assert axe_violations(page, but=("image-alt",)) == []


def test_nothing_outside_this_machine_can_be_reached(page: Page):
    try:
        page.goto("http://example.org/")
    except Error as error:
        assert "ERR_NAME_NOT_RESOLVED" in str(error)
    else:
        raise AssertionError("A test reached the world.")


def test_scripts_can_be_switched_off(new_page: Callable[..., Page]):
    page = new_page(java_script_enabled=False)
    page.set_content("<p>before</p><script>document.body.textContent = 'after'</script>")
    assert page.inner_text("body") == "before"
