import { css } from 'lit'

/** Frame and head of the workbench's dialogs. */
export const dialogStyles = css`
  dialog {
    width: min(var(--_width, 640px), calc(100vw - 32px));
    max-height: calc(100vh - 32px);
    padding: 16px 20px;
    border: 1px solid var(--_line-strong);
    border-radius: 4px;
    background: var(--_raised);
    color: var(--_ink);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 40%);
  }
  header {
    display: flex;
    justify-content: space-between;
    align-items: center;
  }
  h2 {
    margin: 0;
    font-size: 13px;
  }
`
