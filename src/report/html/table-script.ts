import { createHash } from 'node:crypto';

/**
 * Sorts and filters the table of parts, and opens everything before printing. The page says all of
 * the same without it: the controls are made here.
 */
export const tableScript = `
(() => {
  const table = document.querySelector('table.parts');
  addEventListener('beforeprint', () => {
    for (const each of document.querySelectorAll('details')) each.open = true;
  });
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const tools = document.querySelector('.tools');
  const search = tools.querySelector('input[type=search]');
  const failing = tools.querySelector('input[type=checkbox]');
  const count = tools.querySelector('output');
  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const out = (wanted !== '' && !row.textContent.toLowerCase().includes(wanted))
        || (failing.checked && !row.querySelector('.fail'));
      row.hidden = out;
      if (!out) shown += 1;
    }
    count.textContent = shown + ' of ' + rows.length;
  };
  search.addEventListener('input', show);
  failing.addEventListener('change', show);
  tools.hidden = false;
  show();
  const ranks = ['fail', 'unknown', 'pass', 'not-applicable'];
  const rankOf = cell => ranks.findIndex(rank => cell.querySelector('.' + rank));
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, i) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    let down = false;
    button.addEventListener('click', () => {
      down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const sorted = rows.map((row, at) => [row, at]).sort(([a, x], [b, y]) => {
        const one = a.cells[i];
        const two = b.cells[i];
        const order = i < 3
          ? (i === 0 ? x - y : one.textContent.localeCompare(two.textContent, 'en', { numeric: true }))
          : rankOf(one) - rankOf(two);
        return (down ? -order : order) || x - y;
      });
      body.append(...sorted.map(([row]) => row));
    });
  });
})();
`;

/** What the page's Content-Security-Policy lets run: this script and no other. */
export const tableScriptHash: string = `sha256-${createHash('sha256').update(tableScript).digest('base64')}`;
