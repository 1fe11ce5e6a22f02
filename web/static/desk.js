// The desk works without this file. With it: times in the browser's own zone, a preview that follows the writing,
// remarks that lead to their line, bars of work that go on, Ctrl+S, and a warning before a page with unsaved words is left.

const WAIT = 450; // milliseconds of silence before the preview follows
const LOOK = 1000; // milliseconds between two looks at work that goes on

for (const time of document.querySelectorAll("time[data-local]")) {
  const at = new Date(time.dateTime);
  time.title = time.textContent;
  const year = at.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  time.textContent = at.toLocaleString(undefined, {
    weekday: "short", day: "numeric", month: "short", year, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
}

for (const input of document.querySelectorAll("input[data-own-zone]")) {
  input.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}

const clear = document.querySelector("button[data-clear]");
if (clear) clear.addEventListener("click", () => { document.querySelector("#query").value = ""; });

// Work behind a course: looked at again until it is done

const work = document.querySelector("[data-work]");
if (work) {
  const look = async () => {
    try {
      const answer = await fetch(work.dataset.work);
      if (answer.ok) work.innerHTML = await answer.text();
    } catch {
      // Away for a moment: the next look tells.
    }
    if (work.querySelector("progress")) setTimeout(look, LOOK);
  };
  if (work.querySelector("progress")) setTimeout(look, LOOK);
}

// Unsaved words

for (const form of document.querySelectorAll("form[data-preview], form[data-unsaved]")) {
  const words = () => new URLSearchParams(new FormData(form)).toString();
  const before = words();
  let leaving = false;
  form.addEventListener("submit", (event) => { leaving = !event.submitter?.matches("[formtarget]"); });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && words() !== before) event.preventDefault();
  });
  window.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

// Lines of a text box

for (const box of document.querySelectorAll("textarea.editor-source")) {
  const position = box.parentElement.querySelector("[data-position]");
  const tell = () => {
    const before = box.value.slice(0, box.selectionStart).split("\n");
    position.textContent = `Line ${before.length}, column ${before.at(-1).length + 1}`;
    position.hidden = false;
  };
  for (const name of ["keyup", "click", "focus", "input"]) box.addEventListener(name, tell);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  const box = link && document.querySelector(link.getAttribute("href"));
  if (!box) return;
  event.preventDefault();
  const lines = box.value.split("\n");
  const line = lines[Number(link.dataset.line) - 1] || "";
  const start = lines.slice(0, Number(link.dataset.line) - 1).join("\n").length + (link.dataset.line > 1 ? 1 : 0);
  // Columns count characters as people do, not halves of them.
  const before = [...line].slice(0, Number(link.dataset.column || 1) - 1).join("").length;
  box.focus();
  box.setSelectionRange(start + before, start + line.length);
  box.scrollTop = Math.max(0, (Number(link.dataset.line) - 4) * Number.parseFloat(getComputedStyle(box).lineHeight));
});

// Values: a click puts one where the cursor is, or was.

for (const panel of document.querySelectorAll("[data-values]")) {
  const box = document.querySelector(panel.dataset.values);
  if (box.matches(":disabled")) continue;
  for (const tag of panel.querySelectorAll("[data-tag]")) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "value", title: "Put it into the text" });
    tag.replaceWith(button);
    button.append(tag);
    button.addEventListener("click", () => {
      box.focus();
      // The browser's own way of typing, so that it can be undone; where it is gone, the text is set.
      if (!document.execCommand("insertText", false, tag.textContent)) {
        box.setRangeText(tag.textContent, box.selectionStart, box.selectionEnd, "end");
        box.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
  }
}

// The preview: the form's words are posted into a fresh frame, which takes the old one's place once it has loaded.
// A fresh frame leaves no trace in the history, so "back" still leaves the page.

const editor = document.querySelector("form[data-preview]");
if (editor) {
  const frames = document.querySelector(".letter-frames");
  const remarks = document.querySelector("#remarks");
  let waiting = 0;
  let latest = 0;

  const refresh = async () => {
    const number = ++latest;
    const words = new FormData(editor);
    const fresh = frames.firstElementChild.cloneNode();
    fresh.name = `letter-${number}`;
    fresh.removeAttribute("src");
    fresh.classList.add("is-coming");
    frames.append(fresh);
    post(editor.dataset.preview, fresh.name, words);
    fresh.addEventListener("load", () => number === latest && show(fresh));
    try {
      const answer = remarks && await fetch(editor.dataset.remarks, { method: "POST", body: words });
      if (answer?.ok && number === latest) remarks.innerHTML = await answer.text();
    } catch {
      // Away for a moment: the next key tries again, and saving tells.
    }
  };

  const post = (action, target, words) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action, target, hidden: true });
    for (const [name, value] of words) {
      if (typeof value !== "string") continue; // a picture goes up when the form is saved
      const field = document.createElement("textarea");
      Object.assign(field, { name, value });
      form.append(field);
    }
    document.body.append(form);
    form.submit();
    form.remove();
  };

  const show = (fresh) => {
    for (const frame of [...frames.children]) if (frame !== fresh) frame.remove();
    fresh.name = "letter";
    fresh.classList.remove("is-coming");
    frames.dataset.shown = String(latest);
  };

  editor.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, WAIT);
  });
  // A frame takes its day or night from the moment in which it is loaded.
  for (const light of document.querySelectorAll("input[name=light]")) light.addEventListener("change", refresh);
  document.querySelector("[data-preview-button]").hidden = true;
}
