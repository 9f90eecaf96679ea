// Lets the time tick that a session has left.

const UNITS = [
  ['d', 86400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

function tick() {
  for (const time of document.querySelectorAll('time[data-countdown]')) {
    time.textContent = left(Math.max(0, Math.round((Date.parse(time.dateTime) - Date.now()) / 1000)));
  }
}

/** Seconds as `13 d 23 h 59 min 59 s`. */
function left(seconds) {
  let rest = seconds;
  const words = UNITS.map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return [count, unit];
  });
  const first = words.findIndex(([count]) => count > 0);
  return words
    .slice(first)
    .map((word) => word.join(' '))
    .join(' ');
}

tick();
setInterval(tick, 1000);
