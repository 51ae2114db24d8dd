import '@mantine/core/styles.css';
import './styles.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { App } from './app';
import { queryClient } from './api/query-client';
import { consolePath } from './session/settings';
import { theme, variables } from './theme';

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
// What locks scrolling behind dialogs writes a style element, and looks here for its nonce.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = nonce;

const container = document.getElementById('console');
if (!container) throw new Error('The page has no place for the console.');
createRoot(container).render(
  <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
    <QueryClientProvider client={queryClient}>
      <Router base={consolePath}>
        <App />
      </Router>
    </QueryClientProvider>
  </MantineProvider>,
);
