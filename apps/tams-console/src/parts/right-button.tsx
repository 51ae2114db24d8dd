import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { MouseEventHandler, ReactElement } from 'react';
import type { Right } from '../api/models';
import { useMissingRight } from '../session/use-me';

interface RightButtonProperties extends ButtonProps {
  /** The right one needs to press it. */
  readonly right: Right;
  /** Another reason why it cannot be pressed now. */
  readonly obstacle?: string | undefined;
  readonly onClick: MouseEventHandler<HTMLButtonElement>;
}

/** A button that says why it cannot be pressed: which scope is missing, or what stands in the way. */
export function RightButton({ right, obstacle, onClick, ...properties }: RightButtonProperties): ReactElement {
  const reason = useMissingRight(right) ?? obstacle;
  return (
    <Tooltip label={reason} disabled={reason === undefined} events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...properties}
        {...(reason !== undefined && { 'data-disabled': true })}
        aria-disabled={reason !== undefined}
        aria-description={reason}
        onClick={(event) => {
          if (reason === undefined) onClick(event);
          else event.preventDefault();
        }}
      />
    </Tooltip>
  );
}
