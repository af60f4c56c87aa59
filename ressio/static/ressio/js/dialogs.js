// Windows and menus: `data-open-dialog="<id>"`, `data-close-dialog`, `data-toggle="<id>"`, `<details data-menu>`,
// and `<dialog data-open>` for one that is open when the page or a fragment arrives.
(() => {
  function openMarked(root) {
    for (const dialog of root.querySelectorAll("dialog[data-open]")) {
      if (!dialog.open) dialog.showModal();
    }
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (menu !== except) menu.open = false;
    }
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details[data-menu]"));
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.openDialog).showModal();
    }
    const closer = event.target.closest("[data-close-dialog]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
    if (event.target.matches("dialog")) event.target.close(); // a click beside the window
    const toggle = event.target.closest("[data-toggle]");
    if (toggle) {
      const isOpen = document.getElementById(toggle.dataset.toggle).classList.toggle("is-open");
      toggle.setAttribute("aria-expanded", String(isOpen));
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (event.target.matches("dialog[open] input[type=search]")) {
      event.preventDefault(); // the browser would empty the field and leave the window open
      event.target.closest("dialog").close();
    }
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("htmx:afterSettle", (event) => openMarked(event.target));
  openMarked(document);
})();
