// `/` goes to the search field; in a table with `data-arrows` up and down move from row to row, Home and End to its ends,
// Enter follows the row's first link.
(() => {
  const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

  function focusSearch(event) {
    const search = (document.querySelector("dialog[open]") || document).querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }

  function rowsOf(table) {
    return [...table.querySelectorAll("tbody tr, tfoot tr")].filter((row) => !row.hidden);
  }

  function moveTo(row) {
    row.tabIndex = -1;
    row.focus();
  }

  function moveInTable(event) {
    const frame = event.target.closest(".ledger-frame, table[data-arrows]");
    const table = frame && (frame.matches("table") ? frame : frame.querySelector("table[data-arrows]"));
    if (!table) return;
    const rows = rowsOf(table);
    const here = rows.indexOf(event.target.closest("tr"));
    const goals = {
      ArrowDown: Math.min(here + 1, rows.length - 1),
      ArrowUp: Math.max(here - 1, 0),
      Home: 0,
      End: rows.length - 1,
    };
    if (event.key in goals && rows.length) {
      event.preventDefault();
      moveTo(rows[goals[event.key]]);
    } else if (event.key === "Enter" && event.target.matches("tr")) {
      event.target.querySelector("a[href]")?.click();
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TYPING)) return;
    if (event.key === "/") focusSearch(event);
    else moveInTable(event);
  });
})();
