// Small conveniences: `data-dismiss`, `data-copy="<id>"`, `data-print`, `data-submit-on-change`,
// `data-count-to="<most>"` (how many characters there are), `data-most-bytes` with `data-too-large` (what to say when
// the chosen files have more together),
// `data-tick-named="<name>"` (ticks the boxes of that name at once but those with `data-never-all`; without script the
// button submits), and a form sends once however often its button is pressed.
(() => {
  async function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    button.querySelector("[data-copy-words]").textContent = "Copied";
  }

  function tickNamed(button, event) {
    event.preventDefault();
    for (const box of button.form.elements) {
      if (box.name === button.dataset.tickNamed && !("neverAll" in box.dataset)) box.checked = true;
    }
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest("[data-message]").remove();
    if (event.target.closest("[data-print]")) window.print();
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    const ticker = event.target.closest("[data-tick-named]");
    if (ticker) tickNamed(ticker, event);
  });

  function weigh(input) {
    const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
    input.setCustomValidity(bytes > Number(input.dataset.mostBytes) ? input.dataset.tooLarge : "");
    input.reportValidity();
  }

  function showCount(input) {
    const most = Number(input.dataset.countTo);
    const id = `${input.id}-count`;
    let note = document.getElementById(id);
    if (!note) {
      note = document.createElement("p");
      note.id = id;
      note.className = "counter";
      input.after(note);
    }
    const length = input.value.trim().length;
    note.textContent = `${length} of ${most} characters`;
    note.classList.toggle("counter-over", length > most);
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-count-to]")) showCount(event.target);
  });
  for (const input of document.querySelectorAll("[data-count-to]")) showCount(input);

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-submit-on-change]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-most-bytes]")) weigh(event.target);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 5000); // a download leaves the page as it is
  });

  // Coming back with the Back button shows the form as it was sent; it must work again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
})();
