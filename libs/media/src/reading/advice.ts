/**
 * Commands that failures advise. A test runs each of them on media that was refused (`test/media/advice.spec.ts`): no
 * track and no moment that can be read may be lost. `<file>` and `<new file>` are the person's own.
 */
export const advice = {
  // Pictures of MXF and AVI may be timed by their place in the file: a copy would show them in the order of decoding.
  convert:
    'Convert it: ffmpeg -i <file> -map 0:v? -map 0:a? -vf setpts=N/FRAME_RATE/TB -c:v libx264 -crf 18 -c:a copy <new file>.mkv',
  rewrap: 'Re-wrap it without re-encoding: ffmpeg -i <file> -map 0:v? -map 0:a? -c copy <new file>.mkv',
  save: 'Save what can be read: ffmpeg -err_detect ignore_err -i <file> -map 0:v? -map 0:a? -c copy <new file>.mkv',
  saveTransportStream:
    'Copy the file again, or save what can be read: ffmpeg -i <file> -map 0:v? -map 0:a? -c copy <new file>.ts',
  encodePicture:
    'MPEG-2 video must be encoded anew: ffmpeg -i <file> -map 0:v? -map 0:a? -c:v libx264 -crf 18 -c:a copy <new file>.mkv',
  addKeyFrames:
    'Encode it with key frames: ffmpeg -i <file> -map 0:v? -map 0:a? -c:v libx264 -g 50 -c:a copy <new file>.mkv',
  decrypt: 'Decrypt it without re-encoding and ingest that: ffmpeg -i <file> -map 0:v? -map 0:a? -c copy <new file>.ts',
  decryptFile:
    'Decrypt it without re-encoding, with its key in hexadecimal digits: ffmpeg -decryption_key <key> -i <file> -map 0:v? -map 0:a? -c copy <new file>.mp4',
  clearMedia:
    'Only who has the keys can undo that: ask for the media as it was before it was protected, and ingest that.',
  decodeSound: 'Write it as it is into an .mp4 or .mkv, and decode that: ffmpeg -i <file> <new file>.wav',
} as const;

/** How media that is not read here comes in all the same, through a pipe; an example of `ingest --help`. */
export const pipeExample =
  'ffmpeg -i camera.mxf -map 0:v? -map 0:a? -vf setpts=N/FRAME_RATE/TB -c:v libx264 -c:a copy -f matroska - | npm run ingest -- -';
