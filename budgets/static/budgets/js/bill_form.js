// The form of a bill: "More lines" adds rows without asking the server, and the total follows what is typed. Without
// script the same button asks the server for more rows.
(() => {
  const form = document.querySelector("[data-bill-form]");
  if (!form) return;
  const lines = form.querySelector("[data-lines]");
  const template = document.getElementById("line-template");
  const count = form.querySelector("[name=lines-TOTAL_FORMS]");
  const MOST = 250;
  const MORE = 5;

  // In whole cents; null for what is empty or no number.
  function read(input) {
    const text = input.value.replace(/[$,\s\u00a0]/g, "").replace("\u2212", "-");
    if (text === "" || Number.isNaN(Number(text))) return null;
    return Number(text);
  }

  function field(row, name) {
    return row.querySelector(`[name$="-${name}"]`);
  }

  function roundHalfAwayFromZero(cents) {
    return Math.sign(cents) * Math.round(Math.abs(Number(cents.toPrecision(15))));
  }

  function worth(row) {
    if (field(row, "DELETE").checked) return 0;
    const quantity = read(field(row, "quantity"));
    const price = read(field(row, "unit_price"));
    const amount = quantity !== null && price !== null ? quantity * price : read(field(row, "amount"));
    return amount === null ? 0 : roundHalfAwayFromZero(amount * 100);
  }

  function showTotal() {
    let cents = 0;
    for (const row of lines.querySelectorAll("[data-line]")) {
      row.classList.toggle("line-removed", field(row, "DELETE").checked);
      showProduct(row);
      cents += worth(row);
    }
    const words = (Math.abs(cents) / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    form.querySelector("[data-total]").textContent = `${cents < 0 ? "\u2212" : ""}${words}`;
  }

  // The amount is the product wherever both are given; an amount typed before would only be in the way.
  function showProduct(row) {
    const amount = field(row, "amount");
    const isProduct = read(field(row, "quantity")) !== null && read(field(row, "unit_price")) !== null;
    if (isProduct) amount.value = (worth(row) / 100).toFixed(2);
    amount.disabled = isProduct; // not sent along: the server works out the product itself
  }

  function addRows() {
    for (let added = 0; added < MORE && Number(count.value) < MOST; added += 1) {
      const place = Number(count.value);
      const holder = document.createElement("tbody");
      holder.innerHTML = template.innerHTML.replaceAll("__prefix__", place).replaceAll("__number__", place + 1);
      lines.append(holder.firstElementChild);
      count.value = place + 1;
    }
  }

  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-more-lines]")) return;
    event.preventDefault();
    const first = lines.children.length;
    addRows();
    lines.children[first]?.querySelector("select").focus();
  });
  form.addEventListener("input", (event) => {
    if (lines.contains(event.target)) showTotal();
  });
  showTotal();
})();
