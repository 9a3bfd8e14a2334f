"""Issues of our own writing that a report is made of: one that tells all there is to show, one that prints a figure of
it differently, and one that attacks whoever shows it."""

TELLING = """綦江区加快项目复工

　　本报讯 截至3月17日，綦江区重大项目复工19个，总投资50.8亿元。全区返岗员工约1.5万人，返岗率达到九成以上。

　　𠮷盛公司等25家企业获得银行贷款3.2亿元。今年该区计划新开工项目12个，总投资30亿元。

　　截至3月17日，全区工业项目复工率达到103%。全区还新建了冷库3座，财政拨付了2.6亿元。
"""

DISPUTING = """綦江区项目复工情况

　　本报讯 截至3月17日，綦江区重大项目复工19个，总投资50亿元。

　　截至3月17日，全区返岗员工约1.5万人。
"""

ATTACKS = (
    "<script>parent.hit=1;alert('脚本')</script>",
    "</script><script>alert(2)</script>",
    "</style><img src=x onerror=alert(3)>",
    "<svg onload=alert(4)>",
    "javascript:alert(5)",
    "[点这里](javascript:alert(6))",
    '\'"><b id="smuggled">粗体</b>',
    "<!-- ]]> --!> &lt;i&gt; {{ 7*7 }} {% raw %} ${8*8}",
    "</a></p></main></body></html>",
    "\u2028alert(9)\u2029",
)

HOSTILE = '<b id="smuggled">项目</b>复工</title>情况\n\n' + "\n\n".join(
    f"　　本报讯 截至4月2日，永川区重大项目{attack}复工{number}个，总投资{number}.5亿元，各项工作正在有序推进之中{attack}。"
    for number, attack in enumerate(ATTACKS, start=11)
)

# A rule as a gate's summary has it: stage, table, rule, columns, consequence, rows checked, rows that broke it, words.
REJECTED_RULE = (
    "validate",
    "projects",
    "resumption_rate_within_0_and_100",
    "resumption_rate",
    "reject",
    5,
    1,
    "A rate of resumption lies between 0 and 100 percent.",
    "复工率在 0 与 100% 之间。",
)
