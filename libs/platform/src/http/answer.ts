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
