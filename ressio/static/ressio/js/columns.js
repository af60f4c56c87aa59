// The columns of a list: dragged by their heads (`th[data-column]`), or moved by the buttons of the list's picker. Both
// change the order in the picker's form (`data-column-form`), and that form is what is saved. Without script the
// buttons of the picker save at once.
(() => {
  let dragged = null;

  function picker() {
    return document.querySelector("[data-column-form]");
  }

  function itemOf(head) {
    return picker()?.querySelector(`li[data-column="${head.dataset.column}"]`);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-column-form] button[name=move]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("li");
    const isEarlier = button.value.startsWith("earlier:");
    const other = isEarlier ? item.previousElementSibling : item.nextElementSibling;
    if (other && isEarlier) other.before(item);
    else if (other) other.after(item);
    button.focus();
    const items = [...item.parentElement.children];
    const name = item.firstElementChild.textContent.trim();
    picker().querySelector("[data-column-said]").textContent = `${name}: ${items.indexOf(item) + 1} of ${items.length}`;
  });

  function headAt(event) {
    return dragged && event.target.closest?.("th[data-column]");
  }

  function isBefore(head, event) {
    const box = head.getBoundingClientRect();
    return event.clientX < box.left + box.width / 2;
  }

  function unmark() {
    for (const head of document.querySelectorAll(".drop-before, .drop-after")) {
      head.classList.remove("drop-before", "drop-after");
    }
  }

  document.addEventListener("dragstart", (event) => {
    const head = event.target.closest?.("th[draggable][data-column]");
    if (!head || !picker()) return;
    dragged = head;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", head.textContent.trim());
    event.dataTransfer.setDragImage(head, 0, 0);
  });

  document.addEventListener("dragover", (event) => {
    const head = headAt(event);
    if (!head) return;
    event.preventDefault();
    unmark();
    // The first column heads the rows and stays the first.
    if (head !== dragged) head.classList.add(itemOf(head) && isBefore(head, event) ? "drop-before" : "drop-after");
  });

  document.addEventListener("drop", (event) => {
    const head = headAt(event);
    if (!head) return;
    event.preventDefault();
    const item = itemOf(dragged);
    if (head === dragged) return;
    const target = itemOf(head);
    if (!target) item.parentElement.prepend(item);
    else if (isBefore(head, event)) target.before(item);
    else target.after(item);
    picker().requestSubmit(picker().querySelector("[data-column-save]"));
  });

  document.addEventListener("dragend", () => {
    unmark();
    dragged = null;
  });
})();
