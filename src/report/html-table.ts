/** A table as HTML: headers for every row and column, numbers to the right, scrolling sideways on a narrow screen. */
import { html, type Markup } from './markup.js';
import type { ReportTable } from './report-table.js';
import { cellText, intervalFormatOf, isTextColumn, isUnderColumn } from './table-cells.js';

/** An interval column that follows a number column is shown under the number, not beside it. */
export function htmlTable(table: ReportTable): Markup {
  const shown = table.columns
    .map((column, i) => ({ column, i, under: isUnderColumn(table.columns, i) }))
    .filter((c) => !c.under);
  const head = shown.map(
    ({ column }) => html`<th scope="col" class="${isTextColumn(column) ? 'text' : 'number'}">${column.title}</th>`,
  );
  const body = table.rows.map((row) => {
    const cells = shown.map(({ column, i }, place) => {
      const content = cellText(row[i], column);
      const below = isUnderColumn(table.columns, i + 1)
        ? html`<small>${cellText(row[i + 1], table.columns[i + 1], intervalFormatOf(column))}</small>`
        : null;
      if (place === 0 && isTextColumn(column)) return html`<th scope="row" class="text" dir="auto">${content}</th>`;
      const text = isTextColumn(column) || typeof row[i] === 'string';
      if (text) return html`<td class="text" dir="auto">${content}${below}</td>`;
      return html`<td class="number">${content}${below}</td>`;
    });
    return html`<tr>${cells}</tr>\n`;
  });
  return html`<div class="scroll" role="region" aria-labelledby="${table.id}-caption" tabindex="0"><table id="${table.id}">
<caption id="${table.id}-caption">${table.title}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table>${leftOut(table)}</div>`;
}

function leftOut({ left_out }: ReportTable): Markup | null {
  return left_out === undefined ? null : html`<p class="muted">${left_out} more are in the workbook.</p>`;
}

/** The same, folded away until asked for. */
export function foldedTable(table: ReportTable): Markup {
  return html`<details><summary>${table.title} <span class="muted">(${table.rows.length}${table.left_out === undefined ? '' : ` of ${table.rows.length + table.left_out}`} rows)</span></summary>${htmlTable(table)}</details>`;
}
