const MINUTE = 60_000;
const DAY = 24 * 60;

/** Hours and minutes of a moment as a time field has them. */
export function clockOf(moment: Date): string {
  return `${String(moment.getHours()).padStart(2, "0")}:${String(moment.getMinutes()).padStart(2, "0")}`;
}

/** Day of a moment as a date field has it, in the browser's zone. */
export function dayOf(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** Start and end of work from the fields; an end before the start is on the next day. Null while a field is not filled. */
export function spanOf(
  day: string,
  start: string,
  end: string,
): { started: Date; ended: Date; minutes: number } | null {
  const started = new Date(`${day}T${start}`);
  let ended = new Date(`${day}T${end}`);
  if (Number.isNaN(started.getTime()) || Number.isNaN(ended.getTime())) return null;
  if (ended < started) {
    ended = new Date(ended);
    ended.setDate(ended.getDate() + 1);
  }
  return { started, ended, minutes: Math.min(DAY, Math.round((ended.getTime() - started.getTime()) / MINUTE)) };
}

/** The time of day so many minutes after another. */
export function clockAfter(start: string, minutes: number): string {
  const [hours = 0, rest = 0] = start.split(":").map(Number);
  const total = (((hours * 60 + rest + minutes) % DAY) + DAY) % DAY;
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}
