/** Why curl does not go on, with its exit code. https://curl.se/libcurl/c/libcurl-errors.html */
export class CurlError extends Error {
  override readonly name = 'CurlError';
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
