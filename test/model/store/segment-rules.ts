import { covers, holdsNanosecond, moved, nanoseconds, overlap, sameSpan, spanOf, type Span } from './span';

/** One segment as it is posted. */
export interface SegmentPost {
  readonly object_id: string;
  readonly timerange: string;
  readonly ts_offset?: string;
  readonly object_timerange?: string;
  readonly key_frame_count?: number;
  readonly get_urls?: readonly { readonly label: string; readonly url: string }[];
}

export interface ModelSegment {
  readonly post: SegmentPost;
  /** Where it lies on the timeline of its Flow. */
  readonly span: Span;
}

export interface ModelObject {
  readonly id: string;
  /** Flow it was allocated for; undefined for one held elsewhere. */
  readonly allocatedFor: string | undefined;
  /** What it holds, on its own timeline; undefined until it is first registered. */
  span: Span | undefined;
  keyFrames: number | undefined;
  /** URLs clients gave, by label. */
  readonly urls: Map<string, string>;
}

/** The specification's rules for the segments of one request (POST /flows/{flowId}/segments), taken one after the other. */
export class SegmentRules {
  constructor(
    private readonly flowId: string,
    private readonly segments: ModelSegment[],
    private readonly objects: Map<string, ModelObject>,
    private readonly reservedLabels: ReadonlySet<string>,
  ) {}

  /** @returns whether the segment is accepted; the model then has it */
  take(post: SegmentPost): boolean {
    const span = spanOf(post.timerange);
    if (!isMediaTimerange(span) || this.segments.some((other) => overlap(other.span, span))) return false;
    const object = this.objects.get(post.object_id) ?? newExternal(post);
    if (!object || !this.fits(post, object, span)) return false;
    const used = moved(span, -nanoseconds(post.ts_offset ?? '0:0'));
    if (!object.span) {
      object.span = post.object_timerange === undefined ? used : spanOf(post.object_timerange);
      object.keyFrames = post.key_frame_count;
    }
    for (const { label, url } of post.get_urls ?? []) object.urls.set(label, url);
    this.objects.set(object.id, object);
    this.segments.push({ post, span });
    return true;
  }

  private fits(post: SegmentPost, object: ModelObject, span: Span): boolean {
    const { object_timerange: said, key_frame_count: keyFrames, get_urls: urls = [] } = post;
    const used = moved(span, -nanoseconds(post.ts_offset ?? '0:0'));
    if (urls.some(({ label }) => this.reservedLabels.has(label))) return false;
    if (urls.some(({ label, url }) => (object.urls.get(label) ?? url) !== url)) return false;
    if (!object.span) {
      if (object.allocatedFor !== undefined && object.allocatedFor !== this.flowId) return false;
      return said === undefined || covers(spanOf(said), used);
    }
    // What describes the object itself is settled by its first registration.
    if (said !== undefined && !sameSpan(spanOf(said), object.span)) return false;
    if (keyFrames !== undefined && keyFrames !== object.keyFrames) return false;
    return covers(object.span, used);
  }
}

/** The start of a segment is always inclusive, and media has a beginning and an end. */
export function isMediaTimerange(span: Span): boolean {
  return span.low !== null && span.high !== null && span.low % 2n === 0n && holdsNanosecond(span);
}

function newExternal({ object_id: id, get_urls: urls = [] }: SegmentPost): ModelObject | undefined {
  if (urls.length === 0) return undefined;
  return { id, allocatedFor: undefined, span: undefined, keyFrames: undefined, urls: new Map() };
}
