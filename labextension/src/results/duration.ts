/// Formats seconds: "34 ms", "3.2 s", "12 s", "2 min 5 s", "1 h 2 min".
export function duration(seconds: number): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  if (ms < 1000) return `${ms} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const whole = Math.floor(ms / 1000);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/// Formats the elapsed time of something running, in steps coarse enough to read while it changes.
export const clock = (seconds: number): string => duration(Math.floor(seconds * 10) / 10);
