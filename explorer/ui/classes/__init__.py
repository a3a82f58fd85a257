"""The page Class: what a teacher sets, and what students take part in.

`teaching` is the teacher's page, `side` what a student sees beside their run, and
`projector` the board for everybody in the room.
"""
