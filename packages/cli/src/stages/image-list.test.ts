import type { Dataset } from '@vatun/core'
import { expect, it } from 'vitest'
import { writeImageList } from './image-list.js'

it('is CSV, whatever names there are', () => {
  const files = ['cat/a.jpg', 'cat/a, "b".jpg', 'hot dog/ä ö.png']
  const dataset: Dataset = {
    name: 'set',
    length: 3,
    classNames: ['cat', 'dog, hot'],
    hash: 'aa',
    label: (i) => (i < 2 ? 0 : 1),
    file: (i) => files[i]!,
    images: () => Promise.reject(new Error('not needed')),
  }
  expect(new TextDecoder().decode(writeImageList(dataset, [2, 1, 0]))).toBe(
    'index,file,label\n2,hot dog/ä ö.png,"dog, hot"\n1,"cat/a, ""b"".jpg",cat\n0,cat/a.jpg,cat\n',
  )
})
