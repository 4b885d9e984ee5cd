/** RFC 9457, for everything that is not a gateway path. `code` is stable; nothing of the request is repeated. */
export interface ProblemFields {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly more?: Readonly<Record<string, unknown>>;
}

export function problem({ status, code, title, detail, headers, more }: ProblemFields): Response {
  const body = {
    type: 'about:blank',
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...more,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });
}

/** Ends a call with a problem document, from however deep; nothing it did is kept. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly fields: ProblemFields;

  constructor(fields: ProblemFields) {
    super(fields.title);
    this.fields = fields;
  }
}

export const unauthorized: ProblemFields = {
  status: 401,
  code: 'TOKEN_INVALID',
  title: 'The token is missing, expired or not valid from this address',
  headers: { 'WWW-Authenticate': 'Bearer' },
};

export const problems = {
  unauthorized: (): Response => problem(unauthorized),
  /** The same answer for what belongs to another facility and for what does not exist. */
  forbidden: (): Response =>
    problem({ status: 403, code: 'NOT_YOURS', title: 'No such document of your facility' }),
  notFound: (): Response => problem({ status: 404, code: 'NOT_FOUND', title: 'No such address' }),
  internal: (requestId: string): Response =>
    problem({
      status: 500,
      code: 'INTERNAL',
      title: 'The server failed',
      more: { instance: `urn:request:${requestId}` },
    }),
};
