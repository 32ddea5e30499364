/** A duration the way Go prints it, as upstream's messages contain it: `10s`, `1m20s`, `5m0s`, `1.5s`. */
export function formatGoDuration(millis: number): string {
  if (millis < 1000) return millis === 0 ? '0s' : `${millis}ms`;
  const hours = Math.floor(millis / 3_600_000);
  const minutes = Math.floor((millis % 3_600_000) / 60_000);
  const seconds = `${(millis % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
