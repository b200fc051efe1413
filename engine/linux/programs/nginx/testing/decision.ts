/** What an answer decides: the status, where it leads, what it is, and its text. */
export function decision(answer: string): string {
  const [head = '', ...body] = answer.split('\r\n\r\n');
  const [first = '', ...fields] = head.split('\r\n');
  const told = fields.filter((field) =>
    /^(location|content-type|content-length|content-range|accept-ranges|www-authenticate|x-[\w-]+):/i.test(field),
  );
  const text = body
    .join('\r\n\r\n')
    .replace(/nginx\/[\d.]+/g, 'nginx')
    .replace(/--\d{20}/g, '--boundary');
  const named = told
    .map((field) => field.replace(/boundary=\d+/, 'boundary'))
    // The page names the version, which is longer or shorter.
    .filter((field) => !(text.includes('<center>nginx') && /^content-length/i.test(field)));
  return [first, ...named.sort(), '', text].join('\n');
}
