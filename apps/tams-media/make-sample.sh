#!/bin/sh
# Makes the sample in sample/: 20 s of real H.264 (640x360, 25 fps, B-frames, a 2 s GOP) and AAC (48 kHz stereo, 440 Hz left,
# pink noise right) as ten HLS segments. Needs ffmpeg with libx264; the clock is burnt in where the DejaVu font exists.
set -eu
cd "$(dirname "$0")"
mkdir -p sample
rm -f sample/*.ts sample/playlist.m3u8

font=/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf
picture=null
if [ -f "$font" ]; then
  picture="drawtext=fontfile=$font:text='%{pts\\:hms}':fontsize=48:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=8:x=(w-tw)/2:y=h-80"
fi

ffmpeg -hide_banner -loglevel warning -y \
  -f lavfi -i "testsrc2=size=640x360:rate=25:duration=20" \
  -f lavfi -i "sine=frequency=440:sample_rate=48000:duration=20" \
  -f lavfi -i "anoisesrc=color=pink:amplitude=0.1:seed=1:sample_rate=48000:duration=20" \
  -filter_complex "[0:v]$picture,format=yuv420p[v];[1:a][2:a]amerge=inputs=2[a]" -map "[v]" -map "[a]" \
  -c:v libx264 -preset slow -profile:v high -level 3.0 -bf 2 -g 50 -keyint_min 50 -sc_threshold 0 \
  -crf 30 -maxrate 400k -bufsize 800k -color_primaries bt709 -color_trc bt709 -colorspace bt709 \
  -c:a aac -b:a 64k -ac 2 \
  -flags +bitexact -fflags +bitexact -map_metadata -1 \
  -f hls -hls_time 2 -hls_playlist_type vod -hls_segment_filename 'sample/segment-%03d.ts' sample/playlist.m3u8
