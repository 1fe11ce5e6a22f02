// Every page works without this file. It does two small things:
// a select marked data-zone is set to the browser's own time zone, and a form is sent once only.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const select of document.querySelectorAll("select[data-zone]")) {
  if (!zone || select.dataset.zone !== "guess") continue;
  const known = Array.from(select.options).some((option) => option.value === zone);
  // Browsers report older names of zones as well; the server knows them.
  if (!known) select.add(new Option(zone.split("/").pop().replaceAll("_", " "), zone));
  select.value = zone;
}

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

// Coming back with the browser's back button shows the page as it was left: let forms be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
