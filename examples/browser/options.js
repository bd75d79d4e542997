const form = document.getElementById('options');

/** The options that have a slider, each with how its value is written. */
const written = {
  minSize: (value) => `${value} % of the picture`,
  minNeighbors: (value) => value,
  scaleFactor: (value) => `× ${Number(value).toFixed(2)}`,
  side: (value) => `${value} pixels`,
};

function write() {
  for (const [name, text] of Object.entries(written)) {
    form.querySelector(`[data-for=${name}]`).textContent = text(form.elements[name].value);
  }
}

/** The values of the sliders: `minSize` in percent of the picture's shorter side. */
export const readOptions = () =>
  Object.fromEntries(Object.keys(written).map((name) => [name, Number(form.elements[name].value)]));

/** @param changed is called after every change */
export function watchOptions(changed) {
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', ({ target }) => {
    write();
    if (target.name || target.type === 'range') changed();
  });
  form.addEventListener('reset', () =>
    // the sliders go back after this event
    setTimeout(() => {
      write();
      form.elements.cascade.dispatchEvent(new Event('change'));
    }),
  );
  write();
}
