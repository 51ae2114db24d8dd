import { BadRequestError, DomainError, ForbiddenError, listed, NotFoundError } from '@tams/platform';

/** Nothing that was asked for is in a form that players of HLS know (415). */
export class NotPlayableError extends DomainError {
  /** @param reasons why each Flow was left out */
  constructor(reasons: readonly string[]) {
    super(
      'not-playable',
      'unsupported-media',
      'info',
      `There is nothing here that HLS can play: ${listed(reasons) || 'no Flow has content of its own'}.`,
    );
  }
}

/** The Flow could be played, but has no segments where they were asked for (404). */
export class NothingToPlayError extends NotFoundError {
  constructor() {
    super('nothing-to-play', 'There are no Segments in this timerange yet.');
  }
}

/** No segment of the Flow ends there, or its media cannot be read from anywhere any more (404). */
export class MediaNotFoundError extends NotFoundError {
  constructor() {
    super('playback-media-not-found', 'The playlist has no such entry any more; read it again.');
  }
}

/** A player waits for an entry that cannot come next (400; RFC 8216bis, section 6.2.5.2). */
export class TooFarAheadError extends BadRequestError {
  /** @param last number of the newest entry */
  constructor(last: number) {
    const message = `must be at most two more than the newest entry, which is ${last}`;
    super('playlist-entry-too-far', `query._HLS_msn: ${message}`, { errors: [{ path: 'query._HLS_msn', message }] });
  }
}

/** A token in an address counts for nothing (any more); which of the reasons it is, is nobody's business (403). */
export class PlaybackTokenInvalidError extends ForbiddenError {
  constructor() {
    super('playback-token-invalid', 'The playback token was changed, has expired, or was revoked; ask for a new one.');
  }
}

/** A playlist of this length is not written in one piece (400). */
export class PlaylistTooLongError extends BadRequestError {
  /** @param most entries */
  constructor(most: number) {
    const message = `must be shorter: a playlist lists at most ${most} segments and gaps; give a timerange such as [0:0_3600:0)`;
    super('playlist-too-long', `query.timerange: ${message}`, { errors: [{ path: 'query.timerange', message }] });
  }
}
