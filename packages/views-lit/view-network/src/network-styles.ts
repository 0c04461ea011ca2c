import { css } from 'lit'

/** Parts of `vatun-network`: the map beside the patterns, or above them where the panel is narrow. */
export const networkStyles = css`
  .left {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-width: 0;
    padding: 8px 8px 4px 12px;
  }
  .left vatun-filter-map {
    flex: 1;
    min-height: 96px;
    /* Its height is what is left over, never what its content asks for. */
    contain: size;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0 12px;
    min-height: 24px;
    padding: 4px 0;
  }
  .foot p {
    flex: 1 1 auto;
    margin: 0;
  }
  .foot .error {
    flex: 1;
    color: var(--_error);
  }
  .legend {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    white-space: nowrap;
  }
  .legend i {
    width: 8px;
    height: 8px;
    border-radius: 50%;
  }
  .right {
    display: flex;
    flex: 0 0 clamp(212px, 38%, 420px);
    flex-direction: column;
    min-width: 0;
    padding: 8px 0 0 8px;
    border-left: 1px solid var(--_line);
  }
  vatun-pattern-list {
    flex: 1;
  }
  .narrow {
    flex-direction: column;
  }
  .narrow .left {
    flex: 3 1 0;
    min-height: 0;
  }
  .narrow .right {
    flex: 2 1 0;
    min-height: 0;
    padding-left: 12px;
    border-top: 1px solid var(--_line);
    border-left: 0;
  }
`
