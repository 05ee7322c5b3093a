/** The empty edge a scanner needs around a QR code, in modules. */
export const QUIET = 4;

/** The dark modules of a QR code as a path: one rectangle for each run in a row. */
export function qrPath(rows: ReadonlyArray<readonly boolean[]>): string {
  const parts: string[] = [];
  for (const [y, row] of rows.entries()) {
    let x = 0;
    while (x < row.length) {
      let end = x;
      while (row[end]) end += 1;
      if (end > x) parts.push(`M${x + QUIET} ${y + QUIET}h${end - x}v1h-${end - x}z`);
      x = end + 1;
    }
  }
  return parts.join("");
}
