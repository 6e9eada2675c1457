/** Lines of a table whose columns are as wide as they must be. `rows` are lists of texts, the first one the titles. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows.map((row) =>
    row
      .map((text, column) => String(text).padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}
