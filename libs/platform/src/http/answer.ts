/**
 * What a handler answers beside a plain 200 or its declared status: another status, headers, perhaps no body.
 * `answerBody` writes it.
 */
export class Answer<Body = unknown> {
  private constructor(
    readonly status: number,
    readonly body: Body | undefined,
    readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** 200 with a body, where the route's usual status is another. */
  static ok<Body>(body: Body): Answer<Body> {
    return new Answer(200, body, {});
  }

  /** 200 with a text that is not JSON. @param headers beside its media type */
  static text(body: string, mediaType: string, headers: Readonly<Record<string, string>> = {}): Answer<string> {
    return new Answer(200, body, { 'Content-Type': mediaType, ...headers });
  }

  /** 304: what the client has is what there is. @param headers that a 200 would carry (RFC 9110, section 15.4.5) */
  static notModified(headers: Readonly<Record<string, string>>): Answer<never> {
    return new Answer<never>(304, undefined, headers);
  }

  /** 302: this time, it is elsewhere. */
  static found(location: string, headers: Readonly<Record<string, string>> = {}): Answer<never> {
    return new Answer<never>(302, undefined, { Location: location, ...headers });
  }

  /** 201, with the new resource where the specification wants one. */
  static created<Body>(body?: Body): Answer<Body> {
    return new Answer<Body>(201, body, {});
  }

  /** 202: the work goes on after this answer; `location` tells where to follow it. */
  static accepted<Body>(body: Body, location: string): Answer<Body> {
    return new Answer(202, body, { Location: location });
  }

  /** 204 without a body. */
  static noContent(): Answer<never> {
    return new Answer<never>(204, undefined, {});
  }
}
