"""Prose for test pages: sentences of our own about a county that is not on any map, made from patterns and figures."""

from __future__ import annotations

import random

PATTERNS = (
    "截至{month}月{day}日，{place}已有{n}家企业恢复生产，到岗员工{big}人，复工率达{rate}%。",
    "{place}今年安排重点工程{n}项，总投资{money}亿元，年内计划完成{small}亿元。",
    "记者从{place}获悉，{month}月以来，当地银行向{n}户小店放款{money}万元，平均年利率{low}%。",
    "在{place}，一条长{big}米的引水渠正在加紧施工，{n}名工人分成{few}个班组轮流上阵。",
    "“订单排到了{month}月底，每天要发出{n}箱货。”{place}的车间主任{name}一边记数一边说。",
    "新建的粮仓可存粮{money}万吨，比老仓多出{small}万吨；配套的烘干线每小时处理稻谷{n}吨。",
    "{name}算过一笔账：一亩茶园一年收入{big}元，除去肥料和人工，还能剩下{n}00元。",
    "全县{few}个乡镇的{n}个村通了班车，每天往返{big}趟，车票最贵不过{small}元。",
    "“刚开春时手里只剩{n}万元，最怕的是{month}月那笔货款收不回来。”",
    "为了留住{big}名熟练工，{place}拿出{money}万元补贴房租，人均{n}0元。",
    "第{few}批{n}台设备已经装船，预计{month}月{day}日前到港，货值{money}万美元。",
    "{place}的负责人介绍，前{few}个月用电量为{big}万千瓦时，同比增长{low}%；其中夜间用电占{rate}%。",
    "与去年相比，审批环节由{n}个减到{few}个，办理时限压缩了{rate}%。",
    "一季度签约的{n}个项目里，已有{few}个拿到了施工许可，涉及资金{money}亿元。",
    "这座桥的主墩深入河床{n}.{few}米，浇筑一次要用混凝土{big}方。",
)
PLAIN = (
    "天刚蒙蒙亮，渡口的石阶上已经站满了等船的人。",
    "“路通了，心也就踏实了。”{name}望着对岸的灯火说。",
    "山上的雾散得慢，采茶的人却来得早。",
    "这样的变化，在{place}并不少见。",
    "他把账本合上，又打开，像是要确认那些数字都还在。",
    "几位老师傅围着图纸商量了半天，最后决定先把旧料清出去。",
)
PLACES = ("柏口县", "云麓镇", "东河工业园", "石坝村", "禾川新区", "青梁农机厂", "县经信局", "沙湾码头")
NAMES = ("陆长河", "温小满", "邵有田", "宁采薇", "庞立", "戚文远")
HEADS = (
    "渡口边的新账本",
    "柏口打通出山路",
    "一粒稻谷的旅程",
    "夜班灯火通明",
    "老厂添了新机器",
    "云麓春茶上市早",
    "家门口找到好活计",
)
SUBHEADS = ("把路修到田头", "旧厂房里的新生意", "账本越记越厚", "人回来了", "抢在雨季之前")
QUOTES = ("“把日子一天一天过踏实，比什么都要紧。”", "“路通到哪里，生意就做到哪里。”")
CAPTIONS = (
    "{month}月{day}日，{place}，工人正在检修第{few}号机组。摄/{name}",
    "{place}的{n}名学员在练习装配。{name} 摄",
)


class Writer:
    """Writes sentences without an end, no two with the same figures."""

    def __init__(self, random_: random.Random) -> None:
        self.random = random_

    def fill(self, pattern: str) -> str:
        draw = self.random
        return pattern.format(
            month=draw.randint(1, 12),
            day=draw.randint(1, 28),
            n=draw.randint(11, 998),
            few=draw.randint(2, 9),
            big=draw.randint(1000, 98765),
            rate=f"{draw.uniform(40, 99):.1f}",
            low=f"{draw.uniform(2, 9):.2f}",
            money=f"{draw.uniform(10, 900):.{draw.randint(0, 2)}f}",
            small=f"{draw.uniform(1, 9):.1f}",
            place=draw.choice(PLACES),
            name=draw.choice(NAMES),
        )

    def write_paragraph(self) -> str:
        count = self.random.choice((1, 2, 2, 3, 3, 4, 5))
        return "".join(
            self.fill(self.random.choice(PATTERNS if self.random.random() < 0.75 else PLAIN)) for _ in range(count)
        )

    def write_note(self) -> str:
        return self.fill(self.random.choice(PATTERNS))
