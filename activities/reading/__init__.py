"""The reader of 记一笔: one line of Chinese → the fields of an activity, each with where it comes from.

`read` asks nothing of the database: what the branch has comes in as `Known`. Each rule takes the words it understands
out of the line, so the order matters:

1. slips of the keyboard are mended (主题当日), so that no other rule has to know of them;
2. quotations and numbers that belong to names (第10次, 318会议室) are kept from the rules that would misread them;
   so is what stands before 改到, because it is no longer so;
3. 将, 拟, 计划: they decide which 20号 is meant;
4. the roll (应到17实到15) before days, because 5/5到会 is no day; days before times, because 11.20 is no clock; times
   before counts, because 30 in 2点30 are no people; counts before how they were counted, which stands beside them;
5. people with a part (主讲, 主持), whose labels would else look like themes;
6. places, which must not swallow a kind or a partner: these two are looked up in the whole line, taken or not;
7. the kind, and the theme out of what is left. A kind inside a longer word (人工智能讲座) is read and stays.
"""

from activities.reading.known import known
from activities.reading.reading import Known, Reading, read

__all__ = ["Known", "Reading", "known", "read"]
