import { QUIET, qrPath } from "./qrPath";

/** A QR code, dark on white in every theme: scanners want it so. */
export function QrCode({ rows, label }: { rows: ReadonlyArray<readonly boolean[]>; label: string }) {
  const size = rows.length + 2 * QUIET;
  return (
    <svg
      role="img"
      aria-label={label}
      width={220}
      height={220}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#ffffff" />
      <path d={qrPath(rows)} fill="#000000" />
    </svg>
  );
}
