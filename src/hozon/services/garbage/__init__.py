"""Garbage: give up what nothing needs any more, and nothing else.

A pass goes through these steps, each of which is finished by the next pass if it is interrupted:

0. `hozon.services.expire` deletes versions whose time has come, as anybody might.
1. Uploads whose lease ran out are abandoned, together with what they held.
2. `survey` compares the store with the catalog. Where something is missing that a version needs,
   the pass ends here, so that nothing is given up that may help to repair it.
3. Deleted versions that may not be restored any more are purged.
4. `sweep` takes the places of objects that no version reaches and no upload holds, by ranges of
   digests, each in a short transaction. Who needs such an object from now on finds no place, and
   stores it under a new key.
5. `rewrite` copies what lives in mostly dead keys to new ones.
6. `sweep` removes the keys in which nothing lives, and forgets what cannot be recovered any more.

It is safe because no key is ever used twice: what is removed late, or twice, is removed from
nobody. Every transaction of a pass checks the lease of its collector; what a writer is uploading
has a PENDING version, whose pins and whose upload id keep it.
"""
