/** A face's brackets, and the pipe that leads out of them. */
export function Wordmark() {
  return (
    <a class="wordmark" href="#/live">
      <svg viewBox="0 0 24 16" aria-hidden="true">
        <path d="M1 5V1h4M11 1h4v4M15 11v4h-4M5 15H1v-4" />
        <path d="M8 8h15" class="pipe" />
        <circle cx="8" cy="8" r="2.25" />
      </svg>
      facepipe
    </a>
  );
}
