/**
 * Questions come in the address, as `{ to, asked: { page: […], worker: […] } }`; their answers are posted, as a browser
 * that no test can ask from outside needs it.
 */
export async function answerAddress(answerTo) {
  const complaints = [];
  addEventListener('error', ({ message }) => complaints.push(message));
  addEventListener('unhandledrejection', ({ reason }) => complaints.push(String(reason)));
  const { to, asked } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  const said = {};
  for (const [where, names] of Object.entries(asked)) {
    try {
      said[where] = await answerTo[where](names);
    } catch ({ message }) {
      said[where] = Object.fromEntries(names.map((name) => [name, { message }]));
    }
  }
  await fetch(to, { method: 'POST', mode: 'no-cors', body: JSON.stringify({ said, complaints }) });
}
