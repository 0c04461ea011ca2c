import { expect, test } from 'vitest'
import { classLabels, classMatcher, findClasses } from './class-names.js'

const names = ['Siberian husky, Canis lupus', 'crane, bird', 'crane', 'cat', 'cat', 'maillot, tank suit', 'mailbox', '']

test('labels are the first synonym where it tells classes apart, and never alike', () => {
  const labels = classLabels(names)
  expect(labels).toEqual([
    'Siberian husky',
    'crane, bird',
    'crane',
    'cat (3)',
    'cat (4)',
    'maillot',
    'mailbox',
    'class 7',
  ])
  expect(new Set(labels).size).toBe(names.length)
  expect(classLabels(names)).toBe(labels)
  expect(classLabels(['1,000 yen', '5,000 yen'])).toEqual(['1,000 yen', '5,000 yen'])
  const plain = ['cat', 'dog']
  expect(classLabels(plain)).toEqual(plain)
})

test('classes are found by any part of their whole name, or by number', () => {
  expect(findClasses('mail', names)).toEqual([5, 6])
  expect(findClasses('LUPUS sib', names)).toEqual([0])
  expect(findClasses('suit', names)).toEqual([5])
  expect(findClasses('4', names)).toEqual([4])
  expect(findClasses('', names)).toHaveLength(8)
  expect(findClasses('Crâne', names)).toEqual([1, 2])
  expect(findClasses('bird crane', ['a crane bird', 'bird crane'])).toEqual([1, 0])
  expect(classMatcher('zebra', names)(0)).toBe(false)
})
