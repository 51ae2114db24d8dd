import { Anchor, Title } from '@mantine/core';
import Markdown, { type MarkdownToJSX } from 'markdown-to-jsx/react';
import type { ComponentProps, ReactElement } from 'react';
import { apiAddress } from '../session/settings';
import classes from './operations.module.css';

interface RunbookTextProperties {
  /** Where the text lies, below the server's address: its links are relative to it. */
  readonly path: string;
  readonly text: string;
  /** Told of the path of another runbook that was chosen. */
  readonly onFollow: (path: string) => void;
}

/** Markdown as a page has it. HTML in it is shown as text. */
export default function RunbookText({ path, text, onFollow }: RunbookTextProperties): ReactElement {
  const overrides: MarkdownToJSX.Overrides = {
    ...headings,
    pre: Code,
    a: { component: Link, props: { from: path, onFollow } },
  };
  return (
    <div className={classes['runbook']} role="region" aria-label="Runbook" tabIndex={0}>
      <Markdown options={{ disableParsingRawHTML: true, forceBlock: true, overrides }}>{text}</Markdown>
    </div>
  );
}

function headingOf(order: 3 | 4 | 5) {
  return ({ children }: ComponentProps<'h1'>): ReactElement => <Title order={order}>{children}</Title>;
}

/** May be wider than the page, and is scrolled by keys too. */
function Code(properties: ComponentProps<'pre'>): ReactElement {
  return <pre {...properties} tabIndex={0} />;
}

/** Below the title of the page and those of its cards. */
const headings: MarkdownToJSX.Overrides = { h1: headingOf(3), h2: headingOf(4), h3: headingOf(5) };

interface LinkProperties extends ComponentProps<'a'> {
  readonly from: string;
  readonly onFollow: RunbookTextProperties['onFollow'];
}

function Link({ from, onFollow, href = '', children }: LinkProperties): ReactElement {
  const { pathname, origin } = new URL(href, `http://runbooks${from}`);
  const isRunbook = origin === 'http://runbooks' && pathname.endsWith('.md');
  if (!isRunbook)
    return (
      <Anchor fz="inherit" c="inherit" underline="always" href={href} target="_blank" rel="noreferrer">
        {children}
      </Anchor>
    );
  return (
    <Anchor
      fz="inherit"
      c="inherit"
      underline="always"
      href={`${apiAddress}${pathname}`}
      onClick={(event) => {
        event.preventDefault();
        onFollow(pathname);
      }}
    >
      {children}
    </Anchor>
  );
}
