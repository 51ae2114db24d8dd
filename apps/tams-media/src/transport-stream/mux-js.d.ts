/** The part of mux.js 7.1 that the demuxer uses; the package brings no types. */
declare module 'mux.js/lib/m2ts/m2ts' {
  /** One packetised elementary stream (PES) packet, or the list of tracks of a program map (`metadata`). */
  interface ElementaryStreamEvent {
    type: 'video' | 'audio' | 'timed-metadata' | 'metadata';
    trackId?: number;
    /** 33-bit ticks of 90 kHz, as they stand in the packet. */
    pts?: number;
    dts?: number;
    data?: Uint8Array;
    tracks?: { id: number; type: 'video' | 'audio'; codec: string }[];
  }
  interface TransportParseEvent {
    type: 'pat' | 'pmt' | 'pes';
    pid: number;
    payloadUnitStartIndicator: boolean;
    streamType?: number;
    data?: Uint8Array;
  }
  class TransportParseStream {
    pmtPid: number | undefined;
    packetsWaitingForPmt: unknown[];
    push(packet: Uint8Array): void;
    on(event: 'data', listener: (event: TransportParseEvent) => void): void;
  }
  class ElementaryStream {
    push(event: TransportParseEvent): void;
    flush(): void;
    on(event: 'data', listener: (event: ElementaryStreamEvent) => void): void;
  }
}
