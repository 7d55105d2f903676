// A function of Function Compute (Node.js) that keyturn invokes, as a channel of type `function`.

/** The event is the CloudEvent. keyturn invokes at least once, so doing it twice must do no harm. */
export async function handler(event) {
  const { type, subject, data } = JSON.parse(event.toString());
  if (type !== 'keyturn.accesskey.rotated') return;
  await reload(subject, data.secretName);
}

/** What your program needs to read the secret again: restart it, call its own reload, roll a deployment. */
async function reload(user, secretName) {
  console.log(`${user}: ${secretName} has a new current version`);
}
