/** A PKCS #10 request of `CN=e2e` for a P-256 key, as a CertificateSigningRequest carries it. */
export const CERTIFICATE_REQUEST = Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----
MIHHMHACAQAwDjEMMAoGA1UEAwwDZTJlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEby7sp5+voApNaqNlYftyf8KLDtRR1btQeGfwwPY4G7ETOIY2aKPfXdAHS0bA
bphLJu77cCn2l6lXGZG6geIZGKAAMAoGCCqGSM49BAMCA0cAMEQCIFG0QoDjQWZa
pFKGlWdbYnEfgbzRbdI9G0+uDN3O2TepAiACzqdY19u53VHGfz8dv1lWb7wcJMQu
xhMzjFhR4LrYmQ==
-----END CERTIFICATE REQUEST-----
`).toString('base64');
