/*
 * The protocol between those who commit versions and those who collect garbage.
 *
 * Spin looks at every state that two writers, two collectors, a reader, and people who delete and
 * restore can reach, in whatever order they take their steps; test_protocol.py runs it. A step is
 * one transaction of the catalog or one call to the store. Between two steps of one process the
 * others may take any of theirs; and as any of them may take no step ever again, a crash at any
 * moment is among the histories. What must hold is in the process Always, at the end.
 *
 * What is simpler here than in the code, and why no fault hides in the difference:
 *
 * - There is no time. A lease may run out, and a window be over, at any moment, also far too early.
 *   Clocks can only choose among the histories that are looked at here.
 * - A collector takes its steps in any order and for ever, not pass by pass, as long as it has the
 *   lease. It goes on over a store that its survey would find damaged.
 * - Removal is no step. From the moment a key is condemned, or its writer asked to remove it, the
 *   bytes may be there or gone, for a removal may come late, fail, or come again: such a key is
 *   `doomed`, for good. Who needs it counts it as gone. What is there of it a pass removes: its row
 *   says that it is condemned, or it has none, and its upload is over, so that it is a stray.
 * - Looking for a live key, reading it and storing the copy are one step of C6, and listing the
 *   store and condemning strays are one step of C7: bytes under a key never change, and the key of
 *   a copy is its collector's alone, so nobody can tell when such a call took place. APART takes
 *   these steps apart, for the cases that are small enough.
 * - No offsets, sizes, links, aliases. Whoever may delete a version does so at any moment.
 * - Two contents and three versions. Version 0 is there from the start, with both contents in one
 *   pack. Each writer makes one version, and stores what it needs in one batch or in two, each
 *   under a key of its own. Each collector rewrites one key.
 *
 * WANTS_1 and WANTS_2 say what the versions of the writers need: 1 and 2 are a content each, 3 is
 * both. Up to swapping the contents, or the writers, (1, 1), (1, 2), (1, 3) and (3, 3) are all.
 *
 * READER adds a reader. RECOVER lets collectors bring version 0 back after it was purged, from the
 * trash of the store, instead of rewriting. ONLY_LOSS leaves out what is not about losing content.
 * These are faults, each of which must be found:
 *
 * - NO_PIN: a PENDING version does not keep what it will need.
 * - SHARED_KEYS: the key follows from the content, so that two uploads of it share the key.
 * - RECORD_WITHOUT_CHECK: W3 records places although its version was given up.
 * - COMMIT_WITHOUT_CHECK: W4 commits although its version was given up.
 * - REMOVE_WITHOUT_LOOKING: a writer that takes W3 for failed removes its key, used or not.
 * - LOOK_WITHOUT_WAITING: W3 failed, but nobody knows whether its transaction will still be
 *   committed, and the writer looks whether its key is used without waiting for the end of it.
 * - NO_TOKEN: a collector goes on writing after it lost its lease.
 * - CONDEMN_WITHOUT_CHECK: C3 condemns what nothing reached when an earlier transaction looked.
 * - REMOVE_BEFORE_CONDEMNING: a key is removed before the places in it are taken.
 * - PLACE_BEFORE_COPY: C6 moves the places before it copies the bytes.
 * - CATALOG_BEFORE_LISTING: C7 asks the catalog which keys are known, and then lists the store.
 * - STRAYS_BEFORE_LEASES: a pass looks for strays before it gives up uploads, so that what those
 *   stored is left over.
 */

#ifndef WANTS_1
#define WANTS_1 1
#define WANTS_2 1
#endif

/* States of versions. A PENDING one that is given up has no row any more. */
#define NONE 0
#define PENDING 1
#define COMMITTED 2
#define DELETED 3
#define PURGED 4

/* Keys. Whose a key is follows from it, as it does from an upload id. */
#define NOWHERE 0
#define OF_VERSION_0 1
#define OF_WRITER(version) (2 * (version))         /* 2 and 3, 4 and 5. */
#define OF_COLLECTOR(collector) (6 + (collector))  /* 6, 7. */

/* Sets of contents, and of keys. */
#define BIT(item) (1 << (item))
#define HAS(set, item) ((((set) >> (item)) & 1) != 0)
#define ADD(set, item) set = set | BIT(item)

/* The catalog. */
byte state[3];   /* versions.state */
byte needs[3];   /* The pins of a PENDING version, the entries of any other. */
byte place[2];   /* objects.key, by content. */
byte recorded;   /* keys, as far as they are not condemned. */
byte token;      /* collector_lease.token: which collector may write. */

/* The store. */
byte stored;     /* Where something was stored. */
byte doomed;     /* Where it may be removed at any moment, or may be removed already. */

/* Scratch paper, which is no part of a state. */
hidden byte reached_;
hidden byte used_;
hidden byte taken_;
hidden byte strays_;
hidden byte lost_;
hidden byte left_over_;

#define IN_FORCE(version) (state[version] == COMMITTED || state[version] == DELETED)
#define REACHED_BY(version, content) (IN_FORCE(version) && HAS(needs[version], content))
#define REACHED(content) \
  (REACHED_BY(0, content) || REACHED_BY(1, content) || REACHED_BY(2, content))

#define PINNED_BY(version, content) (state[version] == PENDING && HAS(needs[version], content))
#define PINNED(content) (PINNED_BY(1, content) || PINNED_BY(2, content))

#ifdef NO_PIN
#define UNREACHED(content) (place[content] != NOWHERE && !REACHED(content))
#else
#define UNREACHED(content) (place[content] != NOWHERE && !REACHED(content) && !PINNED(content))
#endif

#define PLACED ((place[0] != NOWHERE) | (place[1] != NOWHERE) << 1)
#define USED(key) (place[0] == (key) || place[1] == (key))

/* Keys that PENDING versions write. */
#ifdef SHARED_KEYS
#define BEING_WRITTEN (PINNED(0) << 1 | PINNED(1) << 2)
#else
#define BEING_WRITTEN \
  ((state[1] == PENDING) * (BIT(2) | BIT(3)) | (state[2] == PENDING) * (BIT(4) | BIT(5)))
#endif

/* Keys that the catalog knows nothing of. */
#define UNKNOWN (stored & ~(recorded | doomed))

#ifdef NO_TOKEN
#define MAY_WRITE true
#else
#define MAY_WRITE (token == me)
#endif

inline give_up(version)
{
  state[version] = NONE;
#ifndef COMMIT_WITHOUT_CHECK
  needs[version] = 0
#endif
}

inline purge(version)
{
  state[version] = PURGED;
#ifndef RECOVER
  needs[version] = 0
#endif
}

/* Give a content of a batch its place, unless it has one meanwhile. */
inline record(content, key)
{
  if
  :: HAS(batch, content) && place[content] == NOWHERE ->
     place[content] = key;
     ADD(recorded, key)
  :: else
  fi
}

inline condemn(key)
{
  ADD(doomed, key);
  recorded = recorded & ~BIT(key)
}

inline condemn_if_unused(key)
{
  if
  :: !USED(key) -> condemn(key)
  :: else
  fi
}

inline take_place(content)
{
  key = place[content];
  place[content] = NOWHERE;
  condemn_if_unused(key);
  key = NOWHERE
}

/* Move a content that still lies under a key. Others are left alone. */
inline move(content, from, to)
{
  if
  :: place[content] == from -> place[content] = to; ADD(recorded, to)
  :: else
  fi
}

/* Give a content that is brought back its place. */
inline recover(content, key)
{
  if
  :: HAS(missing, content) -> place[content] = key; ADD(recorded, key)
  :: else
  fi
}

inline choose(key, set)
{
  if
  :: HAS(set, 1) -> key = 1
  :: HAS(set, 2) -> key = 2
  :: HAS(set, 3) -> key = 3
  :: HAS(set, 4) -> key = 4
  :: HAS(set, 5) -> key = 5
  :: HAS(set, 6) -> key = 6
  :: HAS(set, 7) -> key = 7
  fi
}

proctype Writer(byte version; byte wants)
{
  byte batch;  /* What it stores now. */
  byte key;    /* Where to. */

  /* W1: open the version, and pin what it needs. */
  atomic {
    state[version] = PENDING;
    needs[version] = wants;
    key = OF_WRITER(version)
  }

  do
  :: atomic {  /* W2: which of the next contents, one or both, have no place? */
       wants != 0 ->
       if
       :: batch = wants
       :: wants == 3 -> batch = 1
       :: wants == 3 -> batch = 2
       fi;
#ifdef SHARED_KEYS
       if
       :: batch == 3 -> batch = 1
       :: else
       fi;
       key = batch;
#endif
       wants = wants & ~batch;
       batch = batch & ~PLACED
     }
     if
     :: batch == 0
     :: d_step { batch != 0 -> ADD(stored, key) }  /* W2: store them. */
        /* W3: record the places. */
        atomic {
          if
#ifdef RECORD_WITHOUT_CHECK
          :: true ->
#else
          :: state[version] == PENDING ->
#endif
             record(0, key);
             record(1, key);
             if
             :: skip
             :: goto failed  /* It was committed, but the writer was interrupted, or not told. */
             fi
          :: goto failed     /* Its version was given up, or something else went wrong. */
#ifdef LOOK_WITHOUT_WAITING
          :: !USED(key) -> ADD(doomed, key); goto in_doubt
#endif
          fi
        }
        /* Remove the key if others were first with all of it. */
        atomic {
          if
          :: !USED(key) -> ADD(doomed, key)
          :: else
          fi;
          batch = 0;
          key++
        }
     fi
  :: atomic {  /* W4: commit. */
       wants == 0 ->
       if
#ifdef COMMIT_WITHOUT_CHECK
       :: true ->
#else
       :: state[version] == PENDING ->
#endif
          state[version] = COMMITTED
       :: goto failed
       fi;
       goto done
     }
  od;

#ifdef LOOK_WITHOUT_WAITING
in_doubt:
  skip;
  atomic {
    if
    :: state[version] == PENDING -> record(0, key); record(1, key)
    :: else
    fi
  }
#endif

failed:
  skip;  /* Here the others get their turn: a jump between two atomic steps would join them. */
  /* Remove the key, if nothing of it is used. */
  atomic {
    if
#ifdef REMOVE_WITHOUT_LOOKING
    :: batch != 0 -> ADD(doomed, key)
#else
    :: batch != 0 && !USED(key) -> ADD(doomed, key)
#endif
    :: else
    fi;
    wants = 0;
    batch = 0
  }
  /* Give up the version. */
  atomic {
    if
    :: state[version] == PENDING -> give_up(version)
    :: else
    fi
  }

done:
  key = NOWHERE
}

proctype Collector(byte me)
{
  byte key;     /* What it rewrites. */
  bit rewrote;  /* Whether it used its own key. */
#ifdef RECOVER
  byte missing; /* Contents to bring back. */
#endif

next:
  do
  /* The lease of the other one ran out, or was given back. */
  :: d_step { token != me -> token = me }

  /* C1: give up uploads whose lease ran out. */
  :: atomic { MAY_WRITE && state[1] == PENDING -> give_up(1) }
  :: atomic { MAY_WRITE && state[2] == PENDING -> give_up(2) }

  /* C2: purge deleted versions that may not be restored any more. */
  :: atomic { MAY_WRITE && state[0] == DELETED -> purge(0) }
  :: atomic { MAY_WRITE && state[1] == DELETED -> purge(1) }
  :: atomic { MAY_WRITE && state[2] == DELETED -> purge(2) }

  /* C3: take the place of what nothing reaches, and condemn keys in which no place is left. */
  :: atomic { MAY_WRITE && UNREACHED(0) -> take_place(0) }
  :: atomic { MAY_WRITE && UNREACHED(1) -> take_place(1) }

#ifdef CONDEMN_WITHOUT_CHECK
  :: MAY_WRITE && UNREACHED(0);
     atomic {
       if
       :: MAY_WRITE && place[0] != NOWHERE -> take_place(0)
       :: else
       fi
     }
#endif

#ifdef REMOVE_BEFORE_CONDEMNING
  :: atomic {
       MAY_WRITE && UNREACHED(0) && (place[1] != place[0] || UNREACHED(1)) ->
       ADD(doomed, place[0])
     }
#endif

  /* C4 and C5, the removal of what is condemned, may happen at any moment: see `doomed`. */

#ifdef RECOVER
  /* Which contents of the purged version have no place? Copy them from the trash … */
  :: atomic {
       MAY_WRITE && !rewrote && state[0] == PURGED ->
       missing = needs[0] & ~PLACED;
       rewrote = true
     }
     ADD(stored, OF_COLLECTOR(me));
     /* … and give them places, unless others did so meanwhile. */
     atomic {
       if
       :: MAY_WRITE && (missing & PLACED) == 0 ->
          recover(0, OF_COLLECTOR(me));
          recover(1, OF_COLLECTOR(me));
          state[0] = COMMITTED
       :: else
       fi;
       if
       :: !USED(OF_COLLECTOR(me)) -> ADD(doomed, OF_COLLECTOR(me))
       :: else
       fi;
       missing = 0
     }
#else
  /* C6: copy what lives under a key to another one. */
  :: atomic {
       MAY_WRITE && !rewrote && PLACED != 0 ->
       if
       :: place[0] != NOWHERE -> key = place[0]
       :: place[1] != NOWHERE -> key = place[1]
       fi;
#if !defined(APART) && !defined(PLACE_BEFORE_COPY)
       ADD(stored, OF_COLLECTOR(me));
#endif
       rewrote = true
     }
#ifdef APART
     if
     :: HAS(stored, key)
     :: d_step { HAS(doomed, key) -> key = NOWHERE }; goto next
     fi;
     ADD(stored, OF_COLLECTOR(me));
#endif
     /* C6: move the places, and condemn the key. */
     atomic {
       if
       :: MAY_WRITE ->
          move(0, key, OF_COLLECTOR(me));
          move(1, key, OF_COLLECTOR(me));
          condemn_if_unused(key);
          if   /* Remove the copy if all of it moved or went meanwhile. */
          :: !USED(OF_COLLECTOR(me)) -> ADD(doomed, OF_COLLECTOR(me))
          :: else
          fi
       :: else
       fi;
       key = NOWHERE
     }
#ifdef PLACE_BEFORE_COPY
     ADD(stored, OF_COLLECTOR(me))
#endif
#endif

#ifdef CATALOG_BEFORE_LISTING
  /* C7, taken apart. */
  :: atomic { MAY_WRITE -> key = recorded | doomed | BEING_WRITTEN };
     atomic {
       if
       :: MAY_WRITE && (stored & ~key) != 0 -> choose(key, stored & ~key); condemn(key)
       :: else
       fi;
       key = NOWHERE
     }
#elif defined(APART)
  :: atomic { UNKNOWN != 0 -> choose(key, UNKNOWN) }
     atomic {
       if
       :: MAY_WRITE && HAS(UNKNOWN & ~BEING_WRITTEN, key) -> condemn(key)
       :: else
       fi;
       key = NOWHERE
     }
#else
  /* C7: condemn what is in the store, but unknown, and nobody is writing it. */
  :: atomic {
       MAY_WRITE && (UNKNOWN & ~BEING_WRITTEN) != 0 ->
       choose(key, UNKNOWN & ~BEING_WRITTEN);
       condemn(key);
       key = NOWHERE
     }
#endif
  od
}

proctype People()
{
  do
  :: d_step { state[0] == COMMITTED -> state[0] = DELETED }
  :: d_step { state[1] == COMMITTED -> state[1] = DELETED }
  :: d_step { state[2] == COMMITTED -> state[2] = DELETED }
  :: d_step { state[0] == DELETED -> state[0] = COMMITTED }
  :: d_step { state[1] == DELETED -> state[1] = COMMITTED }
  :: d_step { state[2] == DELETED -> state[2] = COMMITTED }
  od
}

#define IS_THERE(key) HAS(stored & ~doomed, key)
#define LOST(content) (REACHED(content) && (place[content] == NOWHERE || !IS_THERE(place[content])))

#ifdef READER
/* Looks a place up, and reads there later. If nothing is there, it looks the place up again. */
proctype Reader(byte content)
{
  byte key;

  do
  :: d_step { REACHED(content) && key == NOWHERE -> key = place[content] }
  :: d_step {
       key != NOWHERE ->
       /* Looking it up again leads elsewhere, unless the version was purged. */
       lost_ = !IS_THERE(key) && REACHED(content) && place[content] == key;
       assert(!lost_);
       key = NOWHERE
     }
  od
}
#endif

/* What would be left over if everybody stopped now and a pass went through alone. */
inline imagine_a_pass()
{
#ifdef STRAYS_BEFORE_LEASES
  strays_ = UNKNOWN & ~BEING_WRITTEN;
#else
  strays_ = UNKNOWN;
#endif
  /* C1 and C2 leave what is committed. */
  reached_ = (state[0] == COMMITTED) * needs[0];
  reached_ = (state[1] == COMMITTED) * needs[1] | reached_;
  reached_ = (state[2] == COMMITTED) * needs[2] | reached_;
  /* C3 condemns keys of which the last place is taken. */
  used_ = HAS(reached_, 0) * BIT(place[0]) | HAS(reached_, 1) * BIT(place[1]);
  taken_ = !HAS(reached_, 0) * BIT(place[0]) | !HAS(reached_, 1) * BIT(place[1]);
  left_over_ = (stored & ~(doomed | strays_ | taken_ & ~used_)) != used_
}

/* What holds in every state. This changes nothing, and so adds no states. */
proctype Always()
{
  do
  :: d_step {
       /* What a committed or deleted version needs has a place, and the bytes are there. */
       lost_ = LOST(0) || LOST(1);
       assert(!lost_);
#ifndef ONLY_LOSS
       imagine_a_pass();
       assert(!left_over_)
#endif
     }
  od
}

init
{
  atomic {
    state[0] = COMMITTED;
    needs[0] = 3;
#ifdef SHARED_KEYS
    place[0] = 1;
    place[1] = 2;
    recorded = BIT(1) | BIT(2);
#else
    place[0] = OF_VERSION_0;
    place[1] = OF_VERSION_0;
    recorded = BIT(OF_VERSION_0);
#endif
    stored = recorded;
    run Writer(1, WANTS_1);
    run Writer(2, WANTS_2);
    run Collector(0);
    run Collector(1);
    run People();
#ifdef READER
    run Reader(0);
#endif
    run Always()
  }
}
