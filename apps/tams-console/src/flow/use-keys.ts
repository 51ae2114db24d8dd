import { useEffect } from 'react';
import { frameAt, type FrameRate, startOfFrame } from '../time/timecode';
import type { Player } from './player/use-player';

/** What the keys of an edit suite do. */
export interface KeyActions {
  readonly player: Player;
  readonly rate: FrameRate | undefined;
  readonly position: bigint;
  readonly onMarkIn: () => void;
  readonly onMarkOut: () => void;
  readonly onClearMarks: () => void;
  readonly onZoom: (factor: number) => void;
  readonly onGoTo: (where: 'start' | 'end') => void;
}

/** A step where there are no frames, in nanoseconds. */
const STEP = 40_000_000n;

/** Where one goes by some frames. */
export function stepped(position: bigint, frames: bigint, rate: FrameRate | undefined): bigint {
  return rate ? startOfFrame(frameAt(position, rate) + frames, rate) : position + STEP * frames;
}

/** J, K, L: each press of the same direction doubles. */
export function nextSpeed(speed: number, direction: 1 | -1, paused: boolean): number {
  if (paused || Math.sign(speed) !== direction) return direction;
  return Math.abs(speed) >= 8 ? speed : speed * 2;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable], [role=dialog]') !== null
  );
}

/** Space, J K L, arrows (with shift ten frames), I and O, X, + and -, Home and End, anywhere on the page. */
export function useKeys(actions: KeyActions): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      // Buttons and links keep what these keys do to them.
      const onControl =
        event.target instanceof HTMLElement && event.target.closest('button, a, [role=menuitem], [role=tab]');
      if (onControl && (event.key === ' ' || event.key === 'Enter' || event.key.startsWith('Arrow'))) return;
      if (perform(event, actions)) event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => {
      document.removeEventListener('keydown', press);
    };
  });
}

function perform(event: KeyboardEvent, actions: KeyActions): boolean {
  const { player, position, rate } = actions;
  const step = (direction: bigint): void => {
    player.seek(stepped(position, direction * (event.shiftKey ? 10n : 1n), rate));
  };
  const byKey: Readonly<Partial<Record<string, () => void>>> = {
    ' ': player.toggle,
    k: () => {
      if (!player.paused) player.toggle();
    },
    j: () => {
      player.setSpeed(nextSpeed(player.speed, -1, player.paused));
    },
    l: () => {
      player.setSpeed(nextSpeed(player.speed, 1, player.paused));
    },
    arrowleft: () => {
      step(-1n);
    },
    arrowright: () => {
      step(1n);
    },
    i: actions.onMarkIn,
    o: actions.onMarkOut,
    x: actions.onClearMarks,
    '+': () => {
      actions.onZoom(0.5);
    },
    '=': () => {
      actions.onZoom(0.5);
    },
    '-': () => {
      actions.onZoom(2);
    },
    home: () => {
      actions.onGoTo('start');
    },
    end: () => {
      actions.onGoTo('end');
    },
  };
  const action = byKey[event.key.toLowerCase()];
  action?.();
  return action !== undefined;
}
