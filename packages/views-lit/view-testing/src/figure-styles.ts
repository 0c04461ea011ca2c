import { css } from 'lit'

/** The two images of `vatun-testing`, their titles and verdicts. */
export const figureStyles = css`
  figure {
    margin: 0;
    width: var(--side);
    min-width: 0;
  }
  figcaption,
  .name {
    display: block;
    min-width: 0;
    overflow: hidden;
    line-height: 18px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .under {
    display: flex;
    gap: 6px;
    white-space: nowrap;
  }
  .frame {
    display: flex;
    align-items: center;
    justify-content: center;
    width: var(--side);
    height: var(--side);
    background: var(--_sunken);
  }
  .stage {
    position: relative;
    overflow: hidden;
    width: calc(var(--side) * min(1, var(--ratio)));
    height: calc(var(--side) / max(1, var(--ratio)));
    transition: opacity 150ms 350ms;
  }
  .stage.outdated {
    opacity: 0.45;
  }
  .tile {
    width: 100%;
    height: 100%;
    image-rendering: pixelated;
  }
  .frame vatun-state {
    flex: 1;
    min-width: 0;
    max-height: 100%;
    overflow: auto;
  }
`
